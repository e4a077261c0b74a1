// The house's own windows: other tabs, and dialogs above the editor.

function openTab(path) {
  if (!path) return;
  const tab = window.open(path, '_blank');
  if (tab) tab.opener = null;
  else dialog([link(texts.newTab, path)]);
}

function dialog(contents, submit) {
  const box = document.createElement('dialog');
  const form = document.createElement('form');
  form.method = 'dialog';
  const acts = document.createElement('div');
  acts.className = 'acts';
  acts.append(button(texts.cancel, () => box.close()));
  if (submit) {
    const go = button(submit.label, () => {}, true);
    go.type = 'submit';
    acts.append(go);
    form.addEventListener('submit', submit.act);
  }
  form.append(...contents, acts);
  box.append(form);
  document.body.append(box);
  box.addEventListener('close', () => {
    box.remove();
    send('Grab_Focus');
  });
  if (habit.blurs) send('Blur_Focus');
  box.showModal();
}

function saveCopy(format) {
  const dot = page.name.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [page.name.slice(0, dot), page.name.slice(dot + 1)] : [page.name, ''];
  const wanted = typeof format === 'string' && /^[a-z0-9]{1,8}$/i.test(format) ? format : extension;
  const label = document.createElement('label');
  const input = document.createElement('input');
  label.textContent = texts.copyName;
  input.value = `${stem} (2)${wanted ? `.${wanted}` : ''}`;
  input.maxLength = 250;
  input.required = true;
  label.append(input);
  dialog([label], { label: texts.saveCopy, act: () => send('Action_SaveAs', { Filename: input.value, Notify: true }) });
}

for (const away of document.querySelectorAll('[data-tab]')) {
  away.addEventListener('click', (event) => {
    event.preventDefault();
    openTab(away.href);
  });
}
