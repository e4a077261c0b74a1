// What the pages share. Everything here makes easier what the pages can do without it.
(() => {
  'use strict';
  const body = document.body;

  // Menus: one is open at a time; Escape and a click elsewhere close it.
  const menus = () => document.querySelectorAll('details.menu[open]');
  document.addEventListener('click', (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const menu of menus()) {
      menu.open = false;
      menu.querySelector('summary').focus();
    }
  });
  document.addEventListener('toggle', (event) => {
    const menu = event.target;
    if (!(menu instanceof HTMLDetailsElement) || !menu.open || !menu.classList.contains('menu')) return;
    for (const other of menus()) if (other !== menu && !other.contains(menu)) other.open = false;
  }, true);

  // Dialogs: `data-opens="id"` opens one, `data-closes` closes the one around it.
  document.addEventListener('click', (event) => {
    const opener = event.target.closest?.('[data-opens]');
    if (opener) {
      const dialog = document.getElementById(opener.dataset.opens);
      if (dialog) {
        event.preventDefault();
        dialog.showModal();
      }
    }
    if (event.target.closest?.('[data-closes]')) event.target.closest('dialog')?.close();
  });

  // Buttons that ask once more: `data-confirm`.
  document.addEventListener('submit', (event) => {
    const question = event.submitter?.dataset.confirm ?? event.target.dataset?.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // What was said in the address was said once.
  const url = new URL(location.href);
  if (url.searchParams.has('said')) {
    url.searchParams.delete('said');
    history.replaceState(history.state, '', url);
  }

  // Times in the words of the reader's place; without script they are in UTC.
  for (const time of document.querySelectorAll('time[datetime]')) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const sameYear = at.getFullYear() === new Date().getFullYear();
    const day = { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) };
    time.title = at.toLocaleString(body.dataset.language);
    time.textContent = at.toLocaleString(body.dataset.language, { ...day, hour: '2-digit', minute: '2-digit' });
  }

  window.lockhouse = {
    root: body.dataset.root,
    mark: body.dataset.form,
    // Asks this house for something, as its pages do.
    ask(path, options = {}) {
      const headers = { accept: 'application/json', 'x-lockhouse-form': body.dataset.form, ...options.headers };
      return fetch(body.dataset.root + path, { credentials: 'same-origin', ...options, headers });
    },
  };
})();
