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

  // A version is brought back while the document is open in another tab of this browser: what is written there is saved first
  // (rule W-56). What the pages say to each other is in `host_page/restore.js`.
  const place = document.querySelector('[data-file]');
  if (!place || !('BroadcastChannel' in window)) return;
  const channel = new BroadcastChannel(`lockhouse-${place.dataset.file}`);
  const pause = (time) => new Promise((go) => setTimeout(go, time));
  // What each page that has it open said last: here, ready or unsaved.
  const pages = new Map();
  let closes = false;
  channel.addEventListener('message', ({ data }) => {
    if (!data?.from) return;
    if (data.gone) pages.delete(data.from);
    else pages.set(data.from, data.ready ? 'ready' : data.unsaved ? 'unsaved' : 'here');
    if (!data.yields) return;
    closes = true;
    for (const part of document.querySelectorAll('[data-held]')) part.hidden = false;
    for (const part of document.querySelectorAll('[data-free]')) part.hidden = true;
  });

  // Whether nothing is lost. Nobody answers when nobody has it open here.
  const settled = async () => {
    for (const page of pages.keys()) pages.set(page, 'here');
    channel.postMessage({ restore: 'ask' });
    await pause(300);
    for (let waited = 300; waited < 5000 && [...pages.values()].includes('here'); waited += 100) await pause(100);
    return [...pages.values()].every((said) => said === 'ready');
  };
  // Gives the page that says what was done. An editor that closes takes a moment until the document is free.
  const sent = async (form, fields) => {
    for (let tries = 1; ; tries += 1) {
      const answer = await fetch(form.action, { method: 'POST', body: fields, credentials: 'same-origin' });
      if (tries === 5 || !closes || !answer.url.includes('said=locked')) return answer.url;
      await pause(1000);
    }
  };
  document.addEventListener('submit', async (event) => {
    const { submitter, target: form } = event;
    if (submitter?.value !== 'restore' || 'asked' in form.dataset) return;
    event.preventDefault();
    const fields = new URLSearchParams(new FormData(form));
    fields.append(submitter.name, submitter.value);
    submitter.disabled = true;
    const may = (await settled()) || window.confirm(place.dataset.unsaved);
    try {
      if (may && pages.size) {
        const page = await sent(form, fields);
        channel.postMessage({ restore: page.includes('said=restored') ? 'done' : 'off' });
        location.assign(page);
        return;
      }
    } catch {
      // The browser says what is wrong.
    }
    submitter.disabled = false;
    if (may) {
      form.dataset.asked = '';
      form.requestSubmit(submitter);
    } else channel.postMessage({ restore: 'off' });
  });
  channel.postMessage({ restore: 'who' });
})();
