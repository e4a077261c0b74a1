//! Where a new password comes from: the terminal, twice, or standard input.

use std::io::{self, IsTerminal as _, Read as _};

use super::failure::Failure;
use crate::host::passwords::{LONGEST, check_new};

/// The new password of a user, checked.
pub(super) fn new_password(user: &str, from_stdin: bool) -> Result<String, Failure> {
    let password = if from_stdin { first_line()? } else { asked(user)? };
    check_new(&password).map_err(|error| Failure::failed(error.to_string()))?;
    Ok(password)
}

fn first_line() -> Result<String, Failure> {
    // One byte more than the longest, and the end of the line.
    let mut bytes = Vec::new();
    io::stdin().lock().take(LONGEST as u64 + 3).read_to_end(&mut bytes)?;
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = std::str::from_utf8(line);
    text.map(str::to_owned).map_err(|_| Failure::usage("the password on standard input is not UTF-8"))
}

fn asked(user: &str) -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(
            "there is no terminal to ask for the password at: give it on standard input, with --password-stdin",
        ));
    }
    let password = rpassword::prompt_password(format!("New password for {user}: "))?;
    if rpassword::prompt_password("The same again: ")? != password {
        return Err(Failure::failed("the two passwords differ; nothing was changed"));
    }
    Ok(password)
}
