//! `onboarding --icons`: the six icons that Office asks for, drawn from one picture.

use std::{
    fs::{self, File, Permissions},
    io::{BufReader, Cursor},
    os::unix::fs::PermissionsExt as _,
    path::Path,
};

use image::{
    DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, Rgb, RgbImage, RgbaImage,
    imageops::{self, FilterType},
};

use super::{Outcome, failure::Failure, print};
use crate::office::icons::SIZES;

/// The largest file that is read, in bytes.
const LARGEST_FILE: u64 = 32 << 20;

/// The longest side of a picture, in pixels.
const LONGEST_SIDE: u32 = 8192;

/// Pixels of a picture: a small file can claim any number of them.
const MOST_PIXELS: u64 = 1 << 24;

/// Memory that a picture may take while it is read.
const MOST_MEMORY: u64 = 256 << 20;

const WHITE: Rgb<u8> = Rgb([255; 3]);

/// Reads the picture, draws, and writes `16.png` to `96.png` into the folder, readable by everybody.
pub(super) fn run(picture: &Path, folder: &Path) -> Outcome {
    let drawing = read(picture)?;
    let largest = SIZES.iter().max().copied().unwrap_or_default();
    if drawing.width().max(drawing.height()) < largest {
        print::complaint(&format!(
            "warning: {} has {} x {} pixels, so the larger icons will look blurred: take a picture of at least {largest} x \
             {largest}",
            picture.display(),
            drawing.width(),
            drawing.height()
        ));
    }
    let failed = |path: &Path, error: &dyn std::fmt::Display| {
        Failure::failed(format!("{} cannot be written: {error}", path.display()))
    };
    let is_new = !folder.exists();
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    if is_new {
        // Icons are for everybody, whatever the mask that guards documents.
        fs::set_permissions(folder, Permissions::from_mode(0o755)).map_err(|error| failed(folder, &error))?;
    }
    for side in SIZES {
        let path = folder.join(format!("{side}.png"));
        let bytes = png(draw(&drawing, side)).map_err(|error| failed(&path, &error))?;
        fs::write(&path, bytes).map_err(|error| failed(&path, &error))?;
        fs::set_permissions(&path, Permissions::from_mode(0o644)).map_err(|error| failed(&path, &error))?;
        print::line(&path.display().to_string())?;
    }
    Ok(())
}

/// Reads a picture, within limits, the way up that it is meant to be seen, and lays it on white.
fn read(path: &Path) -> Result<RgbImage, Failure> {
    let wrong = |why: &dyn std::fmt::Display| Failure::usage(format!("{} cannot be used: {why}", path.display()));
    let file = File::open(path).map_err(|error| wrong(&error))?;
    let about = file.metadata().map_err(|error| wrong(&error))?;
    if !about.is_file() {
        return Err(wrong(&"it is no file"));
    }
    if about.len() > LARGEST_FILE {
        return Err(wrong(&format!("it is larger than {} MiB", LARGEST_FILE >> 20)));
    }
    let mut reader = ImageReader::new(BufReader::new(file)).with_guessed_format().map_err(|error| wrong(&error))?;
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg)) {
        return Err(wrong(&"it is neither PNG nor JPEG"));
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| wrong(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(wrong(&format!("it has {width} x {height} pixels, more than {} million", MOST_PIXELS / 1_000_000)));
    }
    let orientation = decoder.orientation().map_err(|error| wrong(&error))?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| wrong(&error))?;
    image.apply_orientation(orientation);
    Ok(on_white(&image.into_rgba8()))
}

/// Office shows icons on backgrounds of any colour and asks for a white border: what is transparent becomes white.
fn on_white(image: &RgbaImage) -> RgbImage {
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0.map(u32::from);
        // A mean of two bytes is a byte.
        let mixed = |colour: u32| u8::try_from((colour * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX);
        Rgb([mixed(red), mixed(green), mixed(blue)])
    })
}

/// White pixels around the picture: one for each sixteen, as the smallest icon has one.
const fn border(side: u32) -> u32 {
    if side < 32 { 1 } else { side / 16 }
}

/// A square of `side` pixels with the picture in its middle, as large as the border allows.
fn draw(picture: &RgbImage, side: u32) -> RgbImage {
    let room = side - 2 * border(side);
    let longest = u64::from(picture.width().max(picture.height()).max(1));
    let scaled = |length: u32| {
        let length = (u64::from(length) * u64::from(room) + longest / 2) / longest;
        u32::try_from(length).unwrap_or(room).clamp(1, room)
    };
    let (width, height) = (scaled(picture.width()), scaled(picture.height()));
    let small = imageops::resize(picture, width, height, FilterType::Lanczos3);
    let mut icon = RgbImage::from_pixel(side, side, WHITE);
    imageops::replace(&mut icon, &small, i64::from((side - width) / 2), i64::from((side - height) / 2));
    icon
}

fn png(icon: RgbImage) -> image::ImageResult<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(icon).write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

/// What is wrong with an icon that somebody serves: it must be a PNG of this side, with a white border.
pub(super) fn fault(bytes: &[u8], side: u32) -> Option<String> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let image = match reader.decode() {
        Ok(image) => image,
        Err(error) => return Some(format!("is no PNG: {error}")),
    };
    if (image.width(), image.height()) != (side, side) {
        return Some(format!("has {} x {} pixels instead of {side} x {side}", image.width(), image.height()));
    }
    let image = image.into_rgba8();
    let is_white = |x: u32, y: u32| image.get_pixel(x, y).0 == [255; 4];
    let bordered =
        (0..side).all(|at| is_white(at, 0) && is_white(at, side - 1) && is_white(0, at) && is_white(side - 1, at));
    (!bordered).then(|| "has no white border".to_owned())
}

#[cfg(test)]
mod tests {
    use image::Rgba;

    use super::*;
    use crate::office::icons::DEFAULT;

    #[test]
    fn every_icon_has_its_size_and_a_white_border_whatever_the_picture() {
        for (width, height) in [(1, 1), (256, 256), (300, 40), (40, 300), (4000, 1), (7, 5)] {
            let picture = RgbImage::from_pixel(width, height, Rgb([200, 0, 0]));
            for side in SIZES {
                let icon = draw(&picture, side);
                let red = icon.pixels().filter(|pixel| **pixel != WHITE).count();
                assert!(red > 0, "{width} x {height} at {side}");
                assert_eq!(fault(&png(icon).unwrap(), side), None, "{width} x {height} at {side}");
            }
        }
    }

    #[test]
    fn a_picture_that_is_no_square_stands_in_the_middle() {
        let icon = draw(&RgbImage::from_pixel(200, 100, Rgb([0; 3])), 96);
        let black = |x, y| icon.get_pixel(x, y).0 == [0; 3];
        assert!(black(48, 48) && black(6, 48) && black(89, 48) && black(48, 28) && black(48, 67));
        assert!(!black(48, 25) && !black(48, 70) && !black(5, 48) && !black(90, 48));
    }

    #[test]
    fn what_is_transparent_becomes_white() {
        let image = RgbaImage::from_fn(3, 1, |x, _| Rgba([0, 0, 0, [0, 255, 128][x as usize]]));
        let flat = on_white(&image);
        assert_eq!([flat.get_pixel(0, 0).0[0], flat.get_pixel(1, 0).0[0], flat.get_pixel(2, 0).0[0]], [255, 0, 127]);
    }

    #[test]
    fn an_icon_of_another_size_or_without_a_border_is_found_out() {
        let black = RgbImage::from_pixel(16, 16, Rgb([0; 3]));
        assert!(fault(&png(black.clone()).unwrap(), 16).unwrap().contains("white border"));
        assert!(fault(&png(draw(&black, 32)).unwrap(), 16).unwrap().contains("32 x 32"));
        assert!(fault(b"GIF89a", 16).unwrap().contains("no PNG"));
    }

    #[test]
    fn the_icons_that_ship_are_drawn_from_the_picture_that_ships() {
        let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/icons/lockhouse.png");
        let drawing = read(&picture).unwrap();
        for (side, bytes) in DEFAULT {
            let shipped = image::load_from_memory(bytes).unwrap().into_rgb8();
            assert_eq!(
                shipped,
                draw(&drawing, side),
                "run `lockhouse onboarding --icons data/icons/lockhouse.png --out data/icons`"
            );
            assert_eq!(fault(bytes, side), None);
        }
    }

    #[test]
    fn what_is_no_picture_or_claims_too_much_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |bytes: &[u8]| {
            let path = folder.path().join("picture");
            fs::write(&path, bytes).unwrap();
            read(&path).unwrap_err().to_string()
        };
        assert!(refused(b"not a picture").contains("neither PNG nor JPEG"));
        assert!(refused(b"").contains("neither PNG nor JPEG"));
        // The head of a PNG that says it is 60,000 pixels wide and high.
        let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x06\0\0\0".to_vec();
        let crc = crc32fast::hash(&bomb[12..]);
        bomb.extend_from_slice(&crc.to_be_bytes());
        bomb.extend_from_slice(b"\0\0\0\0IDAT");
        refused(&bomb);
        let wide = png(RgbImage::new(8192, 2049)).unwrap();
        assert!(refused(&wide).contains("more than 16 million"), "{}", refused(&wide));
        assert!(read(folder.path()).unwrap_err().to_string().contains("no file"));
        assert!(read(&folder.path().join("none")).unwrap_err().to_string().contains("none"));
    }
}
