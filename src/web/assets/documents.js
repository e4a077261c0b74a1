// The pages about one document, and the bin. Everything here makes easier what the pages can do without it.
(() => {
  'use strict';

  // Addresses of links: a button copies; the field can be marked by hand.
  const copy = async (field) => {
    try {
      await navigator.clipboard.writeText(field.value);
      return true;
    } catch {
      field.select();
      return document.execCommand('copy');
    }
  };
  for (const button of document.querySelectorAll('[data-copies]')) {
    const field = document.getElementById(button.dataset.copies);
    const label = button.textContent;
    let back;
    button.hidden = false;
    button.setAttribute('aria-live', 'polite');
    button.addEventListener('click', async () => {
      if (!(await copy(field))) return;
      button.textContent = button.dataset.copied;
      clearTimeout(back);
      back = setTimeout(() => { button.textContent = label; }, 2500);
    });
    field.addEventListener('focus', () => field.select());
  }

  // The field for a day counts for one of the choices only.
  for (const form of document.querySelectorAll('form[data-days]')) {
    const choice = form.elements.namedItem('ends');
    const box = form.querySelector('[data-day]');
    const field = form.elements.namedItem('day');
    const show = () => {
      const wanted = choice.value === 'day';
      box.hidden = !wanted;
      field.required = wanted;
    };
    choice.addEventListener('change', show);
    show();
  }
})();
