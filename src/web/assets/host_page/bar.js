// The bar above the editor: what has been saved, and what is wrong.

const bar = byId('bar');
const discreet = bar.hidden;

const clockTime = (at) => {
  const time = new Date(at - skew);
  const today = time.toDateString() === new Date().toDateString();
  const how = { hour: '2-digit', minute: '2-digit', ...(today ? {} : { day: 'numeric', month: 'short' }) };
  return time.toLocaleString(page.language, how);
};

function showStatus() {
  let state = 'idle';
  let text = texts.unchanged;
  if (!page.edits) text = texts.readOnly;
  else if (dirtySince || claim) [state, text] = ['unsaved', texts.unsaved];
  else if (savedAt) [state, text] = ['saved', texts.saved.replace('{time}', clockTime(savedAt))];
  else if (!loaded) text = texts.opening;
  // Whoever dismisses a warning has seen it; the danger is still there.
  if (page.edits && [...warnings.keys()].some((key) => UNSAFE.includes(key) || !dismissed.has(key))) state = 'warning';
  bar.dataset.state = state;
  if (byId('said').textContent !== text) byId('said').textContent = text;
}

// Warnings, the gravest first; one is shown at a time. A warning stays as long as its cause; one that was dismissed comes
// back when its cause has ended and begun anew.
const ORDER = ['ended', 'signedOut', 'somebodyElse', 'gone', 'noRight', 'failed', 'refused', 'unreachable', 'unconfirmed',
  'overdue', 'saveFailed', 'changed', 'ending', 'silent', 'newer', 'elsewhere'];
// With these, what is unsaved would be lost with the page.
const UNSAFE = ['ended', 'gone', 'noRight', 'refused', 'unreachable', 'unconfirmed', 'overdue', 'saveFailed'];
const warnings = new Map();
const dismissed = new Set();
let shown = '';

// As long as it is so.
function warn(key, text, acts = () => []) {
  warnings.set(key, { text, acts });
  showWarning();
}
// It has happened, perhaps not for the first time.
function warnAnew(key, text, acts) {
  dismissed.delete(key);
  warn(key, text, acts);
}
function calm(key) {
  dismissed.delete(key);
  if (warnings.delete(key)) showWarning();
}
function dismiss(key) {
  dismissed.add(key);
  showWarning();
}
function showWarning() {
  const key = ORDER.find((one) => warnings.has(one) && !dismissed.has(one));
  const { text, acts } = warnings.get(key) ?? { text: '' };
  if (key + text !== shown) {
    shown = key + text;
    byId('warned').textContent = text;
    byId('acts').replaceChildren(...(key ? [...acts(), button(texts.dismiss, () => dismiss(key))] : []));
    byId('warning').hidden = !key;
    if (discreet) {
      bar.classList.add('bare');
      bar.hidden = !key;
    }
  }
  showStatus();
}

function button(label, act, first) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = label;
  if (first) made.className = 'first';
  made.addEventListener('click', act);
  return made;
}
function link(label, href) {
  const made = document.createElement('a');
  made.textContent = label;
  made.href = href;
  made.target = '_blank';
  made.rel = 'noopener';
  return made;
}
const reload = () => button(texts.reload, () => { leaving = true; location.reload(); });
const toVersions = () => (page.versions ? [link(texts.versions, page.versions)] : []);
const toSignIn = () => [link(texts.signIn, page.signIn)];

const collapse = byId('collapse');
function fold(small) {
  bar.classList.toggle('small', small);
  collapse.setAttribute('aria-expanded', String(!small));
  collapse.title = small ? texts.expand : texts.collapse;
  collapse.setAttribute('aria-label', collapse.title);
  try { localStorage.setItem('lockhouse-bar', small ? 'small' : ''); } catch { /* a private window */ }
}
collapse.addEventListener('click', () => fold(!bar.classList.contains('small')));
try { if (localStorage.getItem('lockhouse-bar') === 'small') fold(true); } catch { /* a private window */ }

function rename(name) {
  page.name = name;
  document.title = `${name} – ${page.place}`;
  byId('name').textContent = name;
  byId('name').title = name;
}
