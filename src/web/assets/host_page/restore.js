// The page of versions, in another tab, is to bring an earlier version back (rule W-56): the editor saves what it has and
// closes, and this page begins anew with what was brought back. They talk on a channel of the document's own:
//
//   page of versions   who, ask          who has it open; somebody wants to bring a version back
//   this page          here, gone        it has the document open, any more; and whether its editor would close
//   this page          ready, unsaved    nothing is lost now; something would be
//   page of versions   done, off         it was brought back; it was not

const channel = 'BroadcastChannel' in window ? new BroadcastChannel(`lockhouse-${page.id}`) : null;
const me = `${Date.now()}-${Math.random()}`;
const tell = (what) => channel?.postMessage({ from: me, ...what });
const yields = () => habit.yields && loaded && page.edits;

// Called when the editor says that it has saved and closed.
let yielded = null;
let closed = false;

function announce() {
  if (page.edits) tell({ here: true, yields: yields() });
}

async function letGo() {
  const asked = now();
  if (yields()) {
    const answered = new Promise((done) => { yielded = done; });
    send('Host_VersionRestore', { Status: 'Pre_Restore' });
    closed = await Promise.race([answered, pause(4_000)]) === true;
  }
  // What the editor sent last is seen by the next look.
  await polling;
  await poll();
  if (closed && savedAt >= asked - 1_000) {
    dirtySince = 0;
    claim = null;
  }
  tell(unsaved() ? { unsaved: true } : { ready: true });
}

function beginAnew() {
  leaving = true;
  location.reload();
}

channel?.addEventListener('message', ({ data }) => {
  const { restore } = data ?? {};
  if (restore === 'done') beginAnew();
  // The editor closed for nothing.
  if (restore === 'off' && closed && !unsaved()) beginAnew();
  if (restore === 'who' || restore === 'ask') announce();
  if (restore === 'ask' && page.edits) letGo();
});
window.addEventListener('pagehide', () => tell({ gone: true }));
