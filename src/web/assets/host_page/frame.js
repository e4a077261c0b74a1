// The editor's frame, made by script so that it is loaded once and never from the history; and who speaks in it.

const frame = document.createElement('iframe');
frame.name = 'office_frame';
frame.id = 'office_frame';
frame.title = texts.frame;
frame.setAttribute('allowfullscreen', 'true');
frame.setAttribute('allow', `fullscreen *; clipboard-read *; clipboard-write *${habit.allow}`);
frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms allow-popups allow-top-navigation '
  + 'allow-popups-to-escape-sandbox allow-downloads allow-modals');

let peer = page.origin;
const isEditors = (origin) => page.origins.includes(origin)
  || (origin.startsWith('https://') && page.domains.some((domain) => origin.endsWith(`.${domain}`)));

function send(id, values = {}) {
  frame.contentWindow?.postMessage(JSON.stringify({ MessageId: id, SendTime: Date.now(), Values: values }), peer);
}
const ready = () => send('Host_PostmessageReady');

function read(data) {
  if (typeof data !== 'string') return data;
  try { return JSON.parse(data); } catch { return null; }
}

window.addEventListener('message', (event) => {
  if (!event.source || event.source !== frame.contentWindow || !isEditors(event.origin)) return;
  const message = read(event.data);
  if (typeof message?.MessageId !== 'string') return;
  // Office goes on to another of its machines: whoever speaks is spoken to.
  peer = event.origin;
  if (!heard) console.debug('the editor speaks', message.Values?.wdUserSession ?? '');
  heard = true;
  calm('silent');
  const name = aliases[message.MessageId] ?? message.MessageId;
  if (Object.hasOwn(handlers, name)) handlers[name](message.Values ?? {}, message);
});
