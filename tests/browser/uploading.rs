//! Files on their way in whose connection breaks.

use serde_json::json;

use crate::{
    driver::{Device, Driver},
    house::house,
};

/// More than one piece of an upload.
const SIZE: usize = 10 << 20;

/// Drops a file of that many bytes, and notes where each piece begins that is sent.
const DROP: &str = "const [name, size] = arguments;
const bytes = new Uint8Array(size);
for (let at = 0; at < size; at += 1) bytes[at] = (at * 31 + (at >> 8) * 7 + (at >> 16)) & 255;
const header = XMLHttpRequest.prototype.setRequestHeader;
XMLHttpRequest.prototype.setRequestHeader = function (key, value) {
  // The page begins anew when all has arrived.
  if (key === 'upload-offset') sessionStorage.began = `${sessionStorage.began ?? ''} ${value}`;
  return header.call(this, key, value);
};
const transfer = new DataTransfer();
transfer.items.add(new File([bytes], name));
for (const type of ['dragenter', 'dragover', 'drop']) {
  document.querySelector('main').dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
}";

fn content() -> Vec<u8> {
    (0..SIZE).map(|at| (at * 31 + (at >> 8) * 7 + (at >> 16)).to_le_bytes()[0]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_where_its_connection_broke() {
    let Some(driver) = Driver::start() else { return };
    let house = house();
    house.user("broken", "Bjarne Broken");
    let window = house.signed_in(&driver, Device::Desktop, "broken").await;
    // So slowly that the connection is cut while something is on its way.
    window.connection(true, 2 << 20).await;
    window.run(DROP, vec![json!("Large.bin"), json!(SIZE)]).await;
    let part = "return document.querySelector('#uploads li progress')?.value";
    window
        .until_for(std::time::Duration::from_secs(60), "a part is sent", async || {
            let part = window.run(part, vec![]).await;
            (part.as_f64().unwrap_or(0.0) > 0.3).then_some(())
        })
        .await;
    window.online(false).await;
    let broke = "return document.querySelector('#uploads li span')?.textContent";
    let waits = window
        .until("it waits", async || {
            let said = window.run(broke, vec![]).await;
            let said = said.as_str().unwrap_or_default().to_owned();
            (!said.is_empty() && !said.contains('/')).then_some(said)
        })
        .await;
    assert!(waits.contains("again"), "{waits}");
    assert!(!window.offers("Large.bin").await, "a half of a file is no file");
    window.online(true).await;
    window.until("it is listed", async || window.offers("Large.bin").await.then_some(())).await;
    let began = window.run("return sessionStorage.began", vec![]).await;
    let began: Vec<u64> = began.as_str().unwrap().split_whitespace().map(|at| at.parse().unwrap()).collect();
    assert!(
        began.len() > 1 && began[0] == 0 && began[1..].iter().all(|at| *at > 0),
        "nothing is sent twice: {began:?}"
    );
    assert!(house.bytes("broken", "/Large.bin").await == content(), "byte for byte");
    window.close().await;
}
