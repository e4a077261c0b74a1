// The host page's side of the conversation with the editor in its frame (web-host.md sections 4, 5 and 7), and its watch over
// what has really been saved: the host's own events count, not what the editor believes. The files of this folder are one
// script; `assets/mod.rs` puts them together.
//
// Here: what the page was told, what its editor does in its own way, and what is known of the document.

const page = JSON.parse(document.body.dataset.page);
const { texts } = page;
const byId = (id) => document.getElementById(id);
const MINUTE = 60_000;

// What each family of editors does in its own way; the rest is the same for all of them.
const neutral = {
  // What its frame may use beside clipboard and full screen.
  allow: '',
  // It grabs the focus unless it is told not to.
  blurs: false,
  // It takes a fresh token by message.
  renews: false,
  // It tells when nothing is unsaved any more.
  tellsModified: false,
  // It saves when it is asked to.
  asksToSave: false,
  // It saves and closes before an earlier version is brought back.
  yields: false,
  // It wants to know how long its page took.
  times: false,
};
const habit = {
  ...neutral,
  ...{
    office: { blurs: true, times: true },
    onlyoffice: { blurs: true, allow: '; autoplay *; camera *; microphone *; display-capture *' },
    collabora: { renews: true, tellsModified: true, asksToSave: true, yields: true },
  }[page.family],
};

// The host's clock, as far as it is known.
let skew = page.now - Date.now();
const now = () => Date.now() + skew;
const opened = now();

// For the host's forms; it is another one after signing in again.
let mark = document.body.dataset.form;
let version = page.version;
// When the last save of this editor's arrived, by the host's clock.
let savedAt = 0;
// Since when something is changed here that has not arrived.
let dirtySince = 0;
// The editor says that it is saved, and it has not arrived: since when it was unsaved, when the editor said so, when it was
// asked to save once more.
let claim = null;
let heard = false;
let loaded = false;
let leaving = false;

const minutes = (count) =>
  new Intl.NumberFormat(page.language, { style: 'unit', unit: 'minute', unitDisplay: 'long' }).format(count);
const pause = (time) => new Promise((go) => setTimeout(go, time));

// Whether something that was written here may be nowhere else.
const unsaved = () => Boolean(dirtySince || claim) || warnings.has('refused') || warnings.has('saveFailed');
