// The page of the editor: a text, some buttons, and the messages that the real one exchanges with the page around it.
(() => {
  'use strict';
  const about = JSON.parse(document.body.dataset.about);
  const { shape, info } = about;
  const host = (info.PostMessageOrigin || '').replace(/\/$/, '');
  const text = document.getElementById('text');
  const state = document.getElementById('state');
  const buttons = document.getElementById('buttons');
  // What the page around this one said: for whoever looks into this window.
  const heard = window.heard = [];
  let ready = false;
  let modified = false;
  let noticed = false;

  const common = shape === 'office' ? { wdUserSession: '5a1f', 'ui-language': '1033' }
    : shape === 'onlyoffice' ? { wdUserSession: '', 'ui-language': 'en-US' } : {};
  const early = ['App_LoadingStatus', 'UI_Close', 'Action_Load_Resp'];
  const say = window.say = (MessageId, Values = {}) => {
    if (!host || (!ready && !early.includes(MessageId))) return;
    window.parent.postMessage(JSON.stringify({ MessageId, SendTime: Date.now(), Values: { ...common, ...Values } }), host);
  };
  const act = async (action, asked = {}) => {
    const answer = await fetch(`/session/${about.session}/${action}`, { method: 'POST', body: JSON.stringify(asked) });
    return answer.json();
  };

  const save = window.save = async (more = {}) => {
    state.textContent = 'Saving';
    const { status } = await act('save', { text: text.value, ...more });
    if (status === 200) {
      modified = false;
      if (shape === 'collabora') say('Doc_ModifiedStatus', { Modified: false });
    }
    state.textContent = status === 200 ? 'Saved' : `Not saved: ${status}`;
    return status;
  };
  text.addEventListener('input', () => {
    state.textContent = 'Changed';
    if (!modified && shape === 'collabora') say('Doc_ModifiedStatus', { Modified: true });
    if (!noticed && info.EditNotificationPostMessage) say('Edit_Notification');
    modified = true;
    noticed = true;
  });

  // A button that sends a message when CheckFileInfo says so, and goes to an address otherwise (rule W-33).
  const offer = (label, run) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = label;
    button.addEventListener('click', run);
    buttons.append(button);
  };
  const enabled = (label, message, switched, address, values) => {
    const collabora = shape === 'collabora';
    if (!collabora && !info[switched] && !info[address]) return;
    offer(label, async () => {
      if (message === 'UI_Close') await act('close');
      if (collabora || info[switched]) say(message, values?.() ?? {});
      else window.top.location = info[address];
    });
  };
  if (about.canWrite) offer('Save', () => save());
  enabled('Share', shape === 'collabora' ? 'UI_Share' : 'UI_Sharing', 'FileSharingPostMessage', 'FileSharingUrl');
  enabled('Versions', 'UI_FileVersions', 'FileVersionPostMessage', 'FileVersionUrl');
  if (!about.canWrite && shape !== 'collabora') enabled('Edit', 'UI_Edit', 'EditModePostMessage', 'HostEditUrl');
  if (about.canWrite && info.SupportsRename && info.UserCanRename) {
    const field = document.createElement('input');
    field.id = 'name';
    field.setAttribute('aria-label', 'New name');
    field.size = 12;
    buttons.append(field);
    offer('Rename', async () => {
      const { status, name } = await act('rename', { name: field.value });
      state.textContent = status === 200 ? 'Renamed' : `Not renamed: ${status}`;
      if (status === 200) say('File_Rename', { NewName: name });
    });
  }
  enabled('Close', 'UI_Close', 'ClosePostMessage', 'CloseUrl', () => shape === 'collabora' ? { EverModified: noticed } : {});

  const commands = {
    Host_PostmessageReady() { ready = true; },
    async Reset_Access_Token({ token }) { await act('token', { token }); },
    async Action_Save({ Notify }) {
      const status = await save();
      if (Notify) say('Action_Save_Resp', { success: status === 200, result: status === 200 ? '' : 'failed' });
    },
    async Host_VersionRestore({ Status }) {
      if (Status !== 'Pre_Restore') return;
      if (modified) await save();
      await act('close');
      say('App_VersionRestore', { Status: 'Pre_Restore_Ack' });
    },
    async Action_Close() { await act('close'); },
  };
  window.addEventListener('message', (event) => {
    if (event.source !== window.parent || event.origin !== host) return;
    const message = typeof event.data === 'string' ? JSON.parse(event.data) : event.data;
    heard.push(message);
    commands[message.MessageId]?.(message.Values ?? {});
  });

  window.addEventListener('pagehide', () => navigator.sendBeacon(`/session/${about.session}/close`, '{}'));

  if (about.converts) {
    act('convert', { extension: about.converts }).then(({ status, url }) => {
      if (url) window.top.location = url;
      else state.textContent = `Not converted: ${status}`;
    });
  } else if (shape === 'collabora') {
    say('App_LoadingStatus', { Status: 'Initialized' });
    say('App_LoadingStatus', { Status: 'Frame_Ready', Features: { VersionStates: true } });
    say('App_LoadingStatus', { Status: 'Document_Loaded', DocumentLoadedTime: Date.now() });
  } else {
    say('App_LoadingStatus', { DocumentLoadedTime: Date.now() });
  }
})();
