// The pages of the account and of administrators.
(() => {
  'use strict';

  // On a narrow screen the page's own name is in sight.
  document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });

  // The two new passwords are compared before they are sent.
  const [fresh, again] = ['new', 'again'].map((id) => document.getElementById(id));
  if (fresh && again) {
    const compare = () => again.setCustomValidity(again.value && again.value !== fresh.value ? again.dataset.differ : '');
    fresh.addEventListener('input', compare);
    again.addEventListener('input', compare);
  }

  // A password that is shown this once can be copied.
  for (const button of document.querySelectorAll('button[data-copies]')) {
    const what = document.getElementById(button.dataset.copies);
    if (!what || !navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(what.textContent.trim());
      button.textContent = button.dataset.done;
    });
  }

  // A choice that filters a list takes effect at once.
  for (const choice of document.querySelectorAll('select[data-sends]')) {
    choice.addEventListener('change', () => choice.form.requestSubmit());
  }
})();
