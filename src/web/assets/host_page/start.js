// Off it goes.

// What Office asked the page before this one to say is said once; only these are taken away, the rest of the query stays as it
// was sent (rule W-26).
const address = new URL(location.href);
if (['wdPreviousSession', 'wdPreviousCorrelation'].some((name) => address.searchParams.has(name))) {
  const rest = address.search.slice(1).split('&').filter((pair) => !/^wdPrevious(Session|Correlation)(=|$)/.test(pair));
  history.replaceState(history.state, '', address.pathname + (rest.length ? `?${rest.join('&')}` : '') + address.hash);
}
// From the history a page comes back with a token that has been used up.
window.addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
window.addEventListener('beforeunload', (event) => {
  if (!leaving && page.edits && unsaved() && UNSAFE.some((key) => warnings.has(key))) event.preventDefault();
});
document.addEventListener('visibilitychange', () => { if (!document.hidden) poll(); });
window.addEventListener('online', poll);

// The listener is there, then the frame, then the token by POST.
byId('frameholder').replaceChildren(frame);
frame.addEventListener('load', () => {
  ready();
  tellTimes();
});
const framed = Date.now();
const form = byId('office_form');
form.submit();
form.elements.access_token.value = '';
if (page.elsewhere) warn('elsewhere', texts.elsewhere, () => [reload()]);
setTimeout(() => { if (!heard && page.family !== 'other') warn('silent', texts.silent, () => [reload()]); }, MINUTE);
setInterval(judge, 10_000);
showStatus();
poll();

// How long this page took, for the statistics of an editor that keeps some; once for each machine that it goes on to.
let timed = '';
function tellTimes() {
  if (!habit.times || timed === peer) return;
  timed = peer;
  const [way] = performance.getEntriesByType('navigation');
  const at = (moment) => Math.round(performance.timeOrigin + moment);
  send('Host_PerfTiming', {
    // The way here begins when a link is pressed.
    Click: at(0),
    Iframe: framed,
    HostFrameFetchStart: way ? at(way.fetchStart) : 0,
    RedirectCount: way?.redirectCount ?? 0,
  });
}
