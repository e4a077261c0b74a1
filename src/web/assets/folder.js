// Folders: choosing rows, menus, keys, further rows in place, uploads. Without all this the pages do the same by links and forms.
(() => {
  'use strict';
  const here = document.getElementById('folder');
  if (!here) return;
  const { root, mark } = window.lockhouse;
  const words = JSON.parse(here.dataset.words);
  const byId = (id) => document.getElementById(id);
  // What an editor would have to load at first is loaded when nothing else is to be done, once while this tab is open.
  const ahead = JSON.parse(here.dataset.ahead ?? '[]');
  const load = () => {
    try {
      if (sessionStorage.getItem('lockhouse-ahead') === here.dataset.ahead) return;
      sessionStorage.setItem('lockhouse-ahead', here.dataset.ahead);
    } catch { return; }
    for (const page of ahead) {
      const frame = document.createElement('iframe');
      frame.src = page;
      frame.hidden = true;
      frame.tabIndex = -1;
      frame.setAttribute('aria-hidden', 'true');
      frame.setAttribute('sandbox', 'allow-scripts allow-same-origin');
      frame.referrerPolicy = 'no-referrer';
      document.body.append(frame);
    }
  };
  if (ahead.length && !navigator.connection?.saveData) {
    const idle = window.requestIdleCallback ?? ((act) => setTimeout(act, 1000));
    addEventListener('load', () => idle(load));
  }

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

  // Rows.
  const rows = () => [...document.querySelectorAll('#rows > tr')];
  const box = (row) => row.querySelector('input');
  const link = (row) => row.cells[1].querySelector('a');
  const idOf = (row) => box(row).name.slice(1);
  const nameOf = (row) => link(row).textContent;
  const chosen = () => rows().filter((row) => box(row).checked);
  const bar = byId('s');
  const all = byId('all');

  const tell = () => {
    if (!bar) return;
    const some = chosen();
    bar.classList.toggle('any', some.length > 0);
    byId('chosen').textContent = fill(words.chosen, { n: some.length });
    for (const button of bar.querySelectorAll('[value=bin]')) button.disabled = !some.some((row) => row.classList.contains('x'));
    const files = some.filter((row) => !row.classList.contains('f'));
    for (const button of bar.querySelectorAll('[data-many=download]')) button.disabled = !files.length;
    all.checked = some.length > 0 && some.length === rows().length;
    all.indeterminate = some.length > 0 && !all.checked;
  };
  const only = (row) => {
    for (const other of rows()) box(other).checked = other === row;
    tell();
  };
  let last = null;
  if (bar) {
    all.hidden = false;
    all.addEventListener('change', () => {
      for (const row of rows()) box(row).checked = all.checked;
      tell();
    });
    for (const button of bar.querySelectorAll('[data-many]')) button.hidden = false;
    byId('rows').addEventListener('click', (event) => {
      if (event.target.type !== 'checkbox') return;
      const row = event.target.closest('tr');
      if (event.shiftKey && last) {
        const list = rows();
        const [from, to] = [list.indexOf(last), list.indexOf(row)].sort((a, b) => a - b);
        for (const other of list.slice(Math.max(from, 0), to + 1)) box(other).checked = event.target.checked;
      }
      last = row;
      tell();
    });
    bar.querySelector('[data-many=none]').addEventListener('click', () => only(null));
    bar.querySelector('[data-many=download]').addEventListener('click', async () => {
      for (const row of chosen().filter((row) => !row.classList.contains('f'))) {
        const anchor = document.createElement('a');
        anchor.href = `${root}file/${idOf(row)}/download`;
        anchor.download = '';
        anchor.click();
        // Browsers drop downloads that come all at once.
        await new Promise((go) => setTimeout(go, 400));
      }
    });
    // Deleting asks once more.
    let sure = false;
    bar.addEventListener('submit', async (event) => {
      if (event.submitter?.value !== 'bin' || sure) return;
      event.preventDefault();
      const some = chosen();
      const one = some.length === 1 ? some[0] : null;
      const folder = one?.classList.contains('f');
      const question = folder ? words.sureFolder : one ? words.sure : words.sureMany;
      const said = await ask('sure', 'sure-text', fill(question, { n: some.length, name: one ? nameOf(one) : '' }));
      if (said !== 'yes') return;
      sure = true;
      bar.requestSubmit(event.submitter);
      sure = false;
    });
    tell();
  }
  const bin = (row) => {
    if (!row.classList.contains('x')) return;
    only(row);
    bar.requestSubmit(bar.querySelector('[value=bin]'));
  };

  // A dialog that is answered by one of its buttons.
  const ask = (dialogId, textId, text) =>
    new Promise((answer) => {
      const dialog = byId(dialogId);
      const before = document.activeElement;
      byId(textId).textContent = text;
      dialog.returnValue = '';
      dialog.addEventListener(
        'close',
        () => {
          before?.focus?.();
          answer(dialog.returnValue);
        },
        { once: true },
      );
      dialog.showModal();
    });

  const rename = (row) => {
    if (!row.classList.contains('e')) return;
    const dialog = byId('rename');
    const form = dialog.querySelector('form');
    const name = nameOf(row);
    const dot = row.classList.contains('f') ? -1 : name.lastIndexOf('.');
    form.action = `${root}file/${idOf(row)}/rename`;
    form.elements.name.value = dot > 0 ? name.slice(0, dot) : name;
    dialog.showModal();
    form.elements.name.select();
  };

  // Something new.
  for (const item of document.querySelectorAll('[data-new]')) {
    item.addEventListener('click', (event) => {
      const dialog = byId('new');
      const form = dialog.querySelector('form');
      event.preventDefault();
      item.closest('details').open = false;
      form.elements.kind.value = item.dataset.new;
      form.elements.name.value = words[item.dataset.new];
      byId('new-title').textContent = item.textContent.trim();
      dialog.showModal();
      form.elements.name.select();
    });
  }

  // The menu of a row.
  let menu = null;
  const close = (focus) => {
    if (!menu) return;
    const { element, opener } = menu;
    menu = null;
    element.remove();
    opener.setAttribute('aria-expanded', 'false');
    if (focus) opener.focus();
  };
  const office = /\.(do[ct][xm]?|xls[xmb]?|xlt[xm]?|pp[ts][xm]?|pot[xm]?)$/i;
  const open = (row, opener, at) => {
    close();
    const element = document.createElement('div');
    element.className = 'menu-items floating';
    element.setAttribute('role', 'menu');
    element.setAttribute('aria-label', opener.getAttribute('aria-label'));
    element.append(byId('actions').content.cloneNode(true));
    const [id, name] = [idOf(row), nameOf(row)];
    const isFile = !row.classList.contains('f');
    const back = encodeURIComponent(bar.elements.back.value);
    const fits = {
      'of-file': isFile,
      'of-e': row.classList.contains('e'),
      'of-x': row.classList.contains('x'),
      'of-office': isFile && office.test(name) && matchMedia('(pointer: coarse)').matches,
    };
    const leads = {
      open: link(row).href,
      download: `${root}file/${id}/download`,
      app: `${root}file/${id}/app`,
      share: `${root}share/${id}`,
      versions: `${root}versions/${id}`,
      move: `${root}folder/${here.dataset.id}/move?items=${id}&back=${back}`,
      details: `${root}file/${id}`,
    };
    for (const item of [...element.children]) {
      if ([...item.classList].some((name) => fits[name] === false)) {
        item.remove();
        continue;
      }
      item.setAttribute('role', 'menuitem');
      if (leads[item.dataset.act]) item.href = leads[item.dataset.act];
    }
    element.addEventListener('click', (event) => {
      const act = event.target.closest('[data-act]')?.dataset.act;
      close(act === 'rename' || act === 'bin' || act === 'download');
      if (act === 'rename') rename(row);
      if (act === 'bin') bin(row);
    });
    element.addEventListener('keydown', (event) => {
      const items = [...element.children];
      const now = items.indexOf(document.activeElement);
      const to = { ArrowDown: now + 1, ArrowUp: now - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
      if (to !== undefined) items[to % items.length].focus();
      else if (event.key === 'Escape' || event.key === 'Tab') close(true);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    document.body.append(element);
    opener.setAttribute('aria-expanded', 'true');
    menu = { element, opener };
    const from = at ?? opener.getBoundingClientRect();
    const { width, height } = element.getBoundingClientRect();
    const left = at ? at.left : from.right - width;
    const top = from.bottom + height + 8 > innerHeight ? Math.max(8, from.top - height) : from.bottom + 4;
    element.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    element.style.top = `${top}px`;
    element.firstElementChild?.focus();
  };
  document.addEventListener('click', (event) => {
    if (menu && !menu.element.contains(event.target)) close();
    const opener = event.target.closest?.('#rows td.m > a');
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(opener.closest('tr'), opener);
  });
  addEventListener('scroll', () => close(), { passive: true });
  const prepare = (list) => {
    for (const row of list) {
      const opener = row.querySelector('td.m > a');
      opener.setAttribute('aria-haspopup', 'menu');
      opener.setAttribute('aria-expanded', 'false');
      opener.setAttribute('role', 'button');
    }
  };
  prepare(rows());

  // Keys, while a row has the focus.
  const table = document.querySelector('.items');
  byId('rows')?.addEventListener('contextmenu', (event) => {
    const row = event.target.closest('tr');
    if (!row || event.shiftKey || window.getSelection()?.toString()) return;
    event.preventDefault();
    const { clientX: x, clientY: y } = event;
    open(row, row.querySelector('td.m > a'), x || y ? { left: x, right: x, top: y, bottom: y } : undefined);
  });
  byId('rows')?.addEventListener('keydown', (event) => {
    const row = event.target.closest('tr');
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const list = rows();
    const now = list.indexOf(row);
    const across = table.classList.contains('grid')
      ? Math.max(1, list.filter((other) => other.offsetTop === list[0].offsetTop).length)
      : 1;
    const steps = { ArrowDown: across, ArrowUp: -across, Home: -now, End: list.length - 1 - now };
    if (across > 1) Object.assign(steps, { ArrowRight: 1, ArrowLeft: -1 });
    if (event.key in steps) {
      const to = list[Math.min(list.length - 1, Math.max(0, now + steps[event.key]))];
      if (event.shiftKey) {
        box(row).checked = true;
        box(to).checked = true;
        tell();
      }
      link(to).focus();
    } else if (event.key === ' ' && event.target.type !== 'checkbox') {
      box(row).checked = !box(row).checked;
      last = row;
      tell();
    } else if (event.key === 'F2') rename(row);
    else if (event.key === 'Delete') {
      if (chosen().length > 1 && box(row).checked) bar.requestSubmit(bar.querySelector('[value=bin]'));
      else bin(row);
    } else if (event.key === 'Escape' && chosen().length) only(null);
    else return;
    event.preventDefault();
  });

  // Further rows in place.
  const localise = (list) => {
    const [language, year] = [document.body.dataset.language, new Date().getFullYear()];
    for (const time of list.flatMap((row) => [...row.querySelectorAll('time')])) {
      const at = new Date(time.dateTime);
      const day = { day: 'numeric', month: 'short', ...(at.getFullYear() === year ? {} : { year: 'numeric' }) };
      time.title = at.toLocaleString(language);
      time.textContent = at.toLocaleString(language, { ...day, hour: '2-digit', minute: '2-digit' });
    }
  };
  const page = async (href) => {
    const response = await fetch(href, { credentials: 'same-origin' });
    if (!response.ok || response.redirected) throw new Error('no page');
    return new DOMParser().parseFromString(await response.text(), 'text/html');
  };
  document.addEventListener('click', async (event) => {
    const more = event.target.closest?.('#more');
    if (!more || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (more.getAttribute('aria-busy')) return;
    const text = more.textContent;
    more.setAttribute('aria-busy', 'true');
    more.textContent = words.loading;
    try {
      const next = await page(more.href);
      const there = new Set(rows().map((row) => box(row).name));
      const fresh = [...next.querySelectorAll('#rows > tr')].filter((row) => !there.has(box(row).name));
      byId('rows').append(...fresh);
      prepare(fresh);
      localise(fresh);
      tell();
      const follows = next.getElementById('more');
      if (follows) more.href = follows.getAttribute('href');
      else more.parentElement.remove();
      if (fresh.length) link(fresh[0]).focus();
    } catch {
      location.href = more.href;
    }
    more.removeAttribute('aria-busy');
    more.textContent = text;
  });

  // Uploads.
  const panel = byId('uploads');
  if (!panel) return;
  const AT_ONCE = 2;
  const PIECE = 8 * 1024 * 1024;
  const TRIES = 8;
  const SHOWN = 200;
  const list = panel.querySelector('ul');
  const queue = [];
  let active = 0;
  let forAll = null;
  let asking = Promise.resolve();
  const unfinished = (item) => item.state === 'waiting' || item.state === 'sending';
  class Refused extends Error {}
  class Stopped extends Error {}

  const request = (item, method, path, headers = {}, body = null, progress = null) =>
    new Promise((answer, fail) => {
      const xhr = new XMLHttpRequest();
      item.xhr = xhr;
      xhr.open(method, root + path);
      xhr.setRequestHeader('accept', 'application/json');
      xhr.setRequestHeader('x-lockhouse-form', mark);
      for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
      // A connection that stands still is a connection that is lost.
      let alive = Date.now();
      const watch = setInterval(() => Date.now() - alive > 60000 && xhr.abort(), 5000);
      xhr.upload.onprogress = (event) => {
        alive = Date.now();
        progress?.(event.loaded);
      };
      xhr.onloadend = () => {
        clearInterval(watch);
        item.xhr = null;
        if (item.state === 'stopped') return fail(new Stopped());
        if (!xhr.status) return fail(new Error('network'));
        if (xhr.responseURL.includes('/sign-in')) return fail(new Refused(words.signedOut));
        let data = {};
        try {
          data = JSON.parse(xhr.responseText || '{}');
        } catch {
          // An answer of somebody between us and the house.
        }
        answer({ status: xhr.status, data, offset: xhr.getResponseHeader('upload-offset') });
      };
      xhr.send(body);
    });

  const passing = (status) => [408, 425, 429, 500, 502, 503, 504].includes(status);
  // As `src/web/sizes.rs` writes them.
  const bytes = (count) => {
    const units = words.units.split(' ');
    let unit = 0;
    for (; count >= (unit ? 1023.5 : 1024) && unit < units.length - 1; unit += 1) count /= 1024;
    const figures = { maximumFractionDigits: unit && count < 99.95 ? 1 : 0, useGrouping: false };
    return `${count.toLocaleString(document.body.dataset.language, figures)}\u00a0${units[unit]}`;
  };

  const show = (item) => {
    if (!item.li) {
      item.li = document.createElement('li');
      item.li.innerHTML = '<b></b><span></span><button type="button" class="plain"></button><progress max="1" value="0"></progress>';
      item.li.querySelector('b').textContent = item.path ? `${item.path}/${item.file.name}` : item.file.name;
      item.li.querySelector('button').addEventListener('click', () => (unfinished(item) ? stop(item) : again(item)));
      list.append(item.li);
      if (list.children.length > SHOWN) list.querySelector('li.good')?.remove();
    }
    const [, text, button, bar] = item.li.children;
    const busy = unfinished(item);
    const retry = item.state === 'failed' || item.state === 'stopped';
    item.li.className = { done: 'good', failed: 'bad' }[item.state] ?? '';
    bar.hidden = !busy;
    bar.value = item.file.size ? item.sent / item.file.size : 0;
    bar.setAttribute('aria-label', item.file.name);
    button.hidden = !busy && !retry;
    button.textContent = busy ? words.cancel : words.retry;
    button.setAttribute('aria-label', `${button.textContent}: ${item.file.name}`);
    const size = bytes(item.file.size);
    text.textContent = item.words ?? (busy ? `${bytes(item.sent)} / ${size}` : size);
  };
  const total = () => {
    const count = (state) => queue.filter((item) => item.state === state).length;
    const [done, failed] = [count('done'), count('failed')];
    const left = queue.filter(unfinished).length;
    const all = queue.filter((item) => item.state !== 'skipped' && item.state !== 'stopped');
    const sum = all.reduce((sum, item) => sum + item.file.size, 0);
    const sent = all.reduce((sum, item) => sum + (item.state === 'done' ? item.file.size : item.sent), 0);
    panel.hidden = false;
    byId('uploads-total').value = sum ? sent / sum : left ? 0 : 1;
    const text = left ? words.sending : failed ? words.some : words.sent;
    const values = left ? { n: Math.min(done + 1, all.length), m: all.length } : { n: done, m: failed };
    const said = fill(text, values);
    if (byId('uploads-title').textContent !== said) byId('uploads-title').textContent = said;
    panel.querySelector('[data-up=all]').hidden = !left;
    panel.querySelector('[data-up=close]').hidden = left > 0;
  };

  const begin = async (item) => {
    for (;;) {
      const query = new URLSearchParams({ name: item.file.name, size: item.file.size, path: item.path, if: item.rule ?? 'ask' });
      const { status, data } = await request(item, 'POST', `folder/${here.dataset.id}/upload?${query}`);
      if (status === 201) {
        item.id = data.upload;
        item.sent = 0;
        return;
      }
      if (status === 409 && data.taken) {
        item.rule = await decide(item, data);
        if (item.rule === 'skip') return;
        continue;
      }
      if (passing(status)) throw new Error('busy');
      throw new Refused(data.error ?? words.failed);
    }
  };
  // One question at a time, whoever asks.
  const decide = (item, { replaceable, held }) => {
    const turn = asking.then(async () => {
      const may = replaceable && !held;
      if (forAll && (forAll !== 'replace' || may)) return forAll;
      const dialog = byId('taken');
      const text = may ? words.taken : held ? words.takenHeld : words.takenFolder;
      dialog.querySelector('[value=replace]').disabled = !may;
      dialog.querySelector('[name=all]').checked = false;
      const said = (await ask('taken', 'taken-text', fill(text, { name: item.file.name }))) || 'skip';
      if (dialog.querySelector('[name=all]').checked) forAll = said;
      return said;
    });
    asking = turn.catch(() => {});
    return turn;
  };
  const pieces = async (item) => {
    for (;;) {
      const piece = item.file.slice(item.sent, item.sent + PIECE);
      const from = item.sent;
      const headers = { 'upload-offset': from, 'content-type': 'application/octet-stream' };
      const { status, data } = await request(item, 'PATCH', `upload/${item.id}`, headers, piece, (loaded) => {
        item.sent = Math.min(from + loaded, item.file.size);
        item.words = undefined;
        show(item);
        total();
      });
      item.sent = data.offset ?? from;
      if (status === 200) {
        item.tries = 0;
        item.words = undefined;
        if (data.done) return data.done;
        if (item.sent <= from && piece.size) throw new Error('no progress');
      } else if (status === 404) {
        item.id = null;
        throw new Error('gone');
      } else if (status !== 409 || data.offset === undefined) {
        if (passing(status)) throw new Error('busy');
        throw new Refused(data.error ?? words.failed);
      }
    }
  };
  const send = async (item) => {
    for (;;) {
      try {
        if (item.id) {
          const { status, offset } = await request(item, 'HEAD', `upload/${item.id}`);
          if (status === 200) item.sent = Number(offset);
          else if (passing(status)) throw new Error('busy');
          else item.id = null;
        }
        if (!item.id) await begin(item);
        if (item.rule === 'skip') return null;
        return await pieces(item);
      } catch (error) {
        if (error instanceof Refused || error instanceof Stopped) throw error;
        item.tries += 1;
        if (item.tries > TRIES) throw new Refused(words.failed);
        item.words = words.again;
        show(item);
        await new Promise((go) => {
          item.wake = go;
          setTimeout(go, Math.min(30000, 1000 * 2 ** (item.tries - 1)));
        });
        if (item.state === 'stopped') throw new Stopped();
      }
    }
  };
  const start = async (item) => {
    item.state = 'sending';
    active += 1;
    show(item);
    total();
    try {
      const done = await send(item);
      item.state = done ? 'done' : 'skipped';
      item.sent = done ? item.file.size : 0;
      item.words = done ? { version: words.version, rescued: words.keptAside }[done.as] ?? undefined : words.skipped;
      if (done?.as === 'rescued') item.state = 'failed';
    } catch (error) {
      if (error instanceof Stopped) {
        item.words = words.stopped;
      } else {
        item.state = 'failed';
        item.words = error instanceof Refused ? error.message : words.failed;
      }
    }
    active -= 1;
    show(item);
    total();
    next();
  };
  const next = () => {
    while (active < AT_ONCE) {
      const item = queue.find((item) => item.state === 'waiting');
      if (!item) break;
      start(item);
    }
    if (!active && !queue.some(unfinished)) ended();
  };
  const ended = async () => {
    forAll = null;
    if (!queue.some((item) => item.state === 'done' && !item.seen)) return;
    for (const item of queue) item.seen = true;
    const target = byId('rows');
    if (!target) {
      if (queue.every((item) => item.state === 'done')) location.reload();
      return;
    }
    try {
      const fresh = await page(location.href);
      const list = [...(fresh.getElementById('rows')?.children ?? [])];
      target.replaceChildren(...list);
      prepare(list);
      localise(list);
      tell();
    } catch {
      // The rows are as old as they were.
    }
  };
  const stop = (item) => {
    const { id, xhr } = item;
    item.state = 'stopped';
    item.words = words.stopped;
    item.id = null;
    xhr?.abort();
    item.wake?.();
    if (id) window.lockhouse.ask(`upload/${id}`, { method: 'DELETE' }).catch(() => {});
    show(item);
    total();
  };
  const again = (item) => {
    Object.assign(item, { state: 'waiting', words: words.waiting, tries: 0, seen: false });
    show(item);
    next();
  };
  const add = (files) => {
    for (const { file, path } of files) queue.push({ file, path, state: 'waiting', sent: 0, tries: 0 });
    if (files.length) total();
    next();
  };
  panel.querySelector('[data-up=all]').addEventListener('click', () => queue.filter(unfinished).forEach(stop));
  panel.querySelector('[data-up=close]').addEventListener('click', () => {
    panel.hidden = true;
    queue.length = 0;
    list.replaceChildren();
    if (!byId('rows')) location.reload();
  });
  addEventListener('online', () => queue.forEach((item) => item.wake?.()));
  addEventListener('beforeunload', (event) => {
    if (!queue.some(unfinished)) return;
    event.preventDefault();
    event.returnValue = words.leave;
  });

  const input = byId('files');
  byId('send').hidden = false;
  byId('send').addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    add([...input.files].map((file) => ({ file, path: '' })));
    input.value = '';
  });

  // Files and folders that are dropped.
  const under = async (entry, path) => {
    if (entry.isFile) {
      const file = await new Promise((done, fail) => entry.file(done, fail)).catch(() => null);
      return file ? [{ file, path }] : [];
    }
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const some = await new Promise((done, fail) => reader.readEntries(done, fail)).catch(() => []);
      if (!some.length) return found;
      for (const child of some) found.push(...(await under(child, path ? `${path}/${entry.name}` : entry.name)));
    }
  };
  const drop = byId('drop');
  let depth = 0;
  const carries = (event) => event.dataTransfer?.types.includes('Files');
  addEventListener('dragenter', (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    depth += 1;
    drop.hidden = false;
  });
  addEventListener('dragleave', (event) => {
    if (!carries(event)) return;
    depth -= 1;
    if (depth <= 0) drop.hidden = true;
  });
  addEventListener('dragover', (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
  });
  addEventListener('drop', async (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    depth = 0;
    drop.hidden = true;
    const items = [...event.dataTransfer.items].filter((item) => item.kind === 'file');
    const files = [...event.dataTransfer.files];
    const entries = items.map((item) => item.webkitGetAsEntry?.());
    if (entries.some((entry) => entry?.isDirectory)) {
      for (const entry of entries.filter(Boolean)) add(await under(entry, ''));
    } else {
      add(files.map((file) => ({ file, path: '' })));
    }
  });
})();
