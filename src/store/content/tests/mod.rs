pub(super) mod hooks;
