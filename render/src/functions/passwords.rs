//! Passwords and ciphers (sprig's `crypto.go`).

use std::rc::Rc;

use aes::{
    Aes256,
    cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::NoPadding},
};
use hmac::{Hmac, KeyInit, Mac};
use rutter_gotmpl::{Fault, Function, Functions, Type, Value};
use serde_json::json;
use sha2::Sha256;

use super::{
    FunctionContext, base64,
    random::add_drawn,
    signature::{Define, Text, argument},
};
use crate::tape::Source;

pub(super) fn add(functions: &mut Functions, context: &Rc<FunctionContext>) {
    add_drawn(functions, context, ("bcrypt", &[Type::String]), |source, arguments| {
        Ok(json!(bcrypt(source, argument::<Text>(arguments, 0).bytes())?))
    });
    let two = [Type::String, Type::String];
    add_drawn(functions, context, ("htpasswd", &two), |source, arguments| {
        let user = argument::<Text>(arguments, 0).text().into_owned();
        if user.contains(':') {
            return Ok(json!(format!("invalid username: {user}")));
        }
        let hash = bcrypt(source, argument::<Text>(arguments, 1).bytes())?;
        Ok(json!(format!("{user}:{hash}")))
    });
    add_drawn(functions, context, ("encryptAES", &two), |source, arguments| {
        let (password, text): (Text, Text) = (argument(arguments, 0), argument(arguments, 1));
        Ok(json!(encrypt(source, password.bytes(), text.bytes())?))
    });
    functions
        .two("decryptAES", |password: Text, text: Text| decrypt(password.bytes(), text.bytes()));
    let types = [Type::Uint32, Type::String, Type::String, Type::String, Type::String];
    let derive = Function::new(&types, |_, arguments| {
        Ok(Value::from(derive(arguments).unwrap_or_else(|error| error)))
    });
    functions.insert("derivePassword", derive);
}

/// The cost that Go's `bcrypt.DefaultCost` is.
const COST: u32 = 10;

/// An error is text in the hash's place.
fn bcrypt(source: &mut dyn Source, password: &[u8]) -> Result<String, Fault> {
    if password.len() > 72 {
        let error = "bcrypt: password length exceeds 72 bytes";
        return Ok(format!("failed to encrypt string with bcrypt: {error}"));
    }
    let mut salt = [0; 16];
    source.random(&mut salt)?;
    Ok(match bcrypt::hash_with_salt(password, COST, salt) {
        Ok(hash) => hash.format_for_version(bcrypt::Version::TwoA),
        Err(error) => format!("failed to encrypt string with bcrypt: {error}"),
    })
}

/// The first 32 bytes of the password, filled up with zeros.
fn aes_key(password: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    key.iter_mut().zip(password).for_each(|(byte, given)| *byte = *given);
    key
}

const BLOCK: usize = 16;

/// AES-256 in CBC mode, padded after PKCS #7; the vector comes first.
fn encrypt(source: &mut dyn Source, password: &[u8], text: &[u8]) -> Result<String, Fault> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let mut vector = [0; BLOCK];
    source.random(&mut vector)?;
    let missing = BLOCK - text.len() % BLOCK;
    // At most a block, which is 16 bytes.
    let mut content = text.to_vec();
    content.extend(std::iter::repeat_n(u8::try_from(missing).unwrap_or_default(), missing));
    let cipher = cbc::Encryptor::<Aes256>::new(&aes_key(password).into(), &vector.into());
    let encrypted = cipher.encrypt_padded_vec::<NoPadding>(&content);
    Ok(base64::encode(&[vector.as_slice(), &encrypted].concat()))
}

/// The padding is cut by its last byte alone, as in sprig.
fn decrypt(password: &[u8], text: &[u8]) -> Result<Vec<u8>, Fault> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let bytes = base64::decode(text).map_err(|error| Fault::new(error.to_string()))?;
    let Some((vector, content)) = bytes.split_first_chunk::<BLOCK>() else {
        // Go makes room for what the digits could hold, the padding counted.
        let room = text.len() / 4 * 3;
        let message =
            format!("runtime error: slice bounds out of range [:16] with capacity {room}");
        return Err(Fault::new(message));
    };
    let cipher = cbc::Decryptor::<Aes256>::new(&aes_key(password).into(), &(*vector).into());
    let mut plain = cipher
        .decrypt_padded_vec::<NoPadding>(content)
        .map_err(|_| Fault::new("crypto/cipher: input not full blocks"))?;
    let Some(padding) = plain.last().copied() else {
        return Err(Fault::new("runtime error: index out of range [-1]"));
    };
    let Some(length) = plain.len().checked_sub(usize::from(padding)) else {
        let end = i64::try_from(plain.len()).unwrap_or_default() - i64::from(padding);
        return Err(Fault::new(format!("runtime error: slice bounds out of range [:{end}]")));
    };
    plain.truncate(length);
    Ok(plain)
}

/// What passwords of each kind look like (the Master Password algorithm).
const TEMPLATES: [(&str, &[&str]); 6] = [
    ("maximum", &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"]),
    (
        "long",
        &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
    ),
    ("medium", &["CvcnoCvc", "CvcCvcno"]),
    ("short", &["Cvcn"]),
    ("basic", &["aaanaaan", "aannaaan", "aaannaaa"]),
    ("pin", &["nnnn"]),
];

/// The characters that each letter of a template stands for.
fn alphabet(letter: u8) -> &'static [u8] {
    match letter {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'A' => b"AEIOUBCDFGHJKLMNPQRSTVWXYZ",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

/// `derivePassword COUNTER KIND PASSWORD USER SITE`.
fn derive(arguments: &[Value]) -> Result<String, String> {
    let counter: i64 = argument(arguments, 0);
    let text = |at: usize| argument::<Text>(arguments, at);
    let (kind, password, user, site) = (text(1), text(2), text(3), text(4));
    let kind = kind.text();
    let templates = TEMPLATES
        .iter()
        .find(|(name, _)| *name == kind)
        .map(|(_, templates)| *templates)
        .ok_or_else(|| format!("cannot find password template {kind}"))?;
    let failed = |error: &dyn std::fmt::Display| format!("failed to derive password: {error}");
    let counted = |text: &[u8]| {
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        [b"com.lyndir.masterpassword".as_slice(), &length.to_be_bytes(), text].concat()
    };
    // N = 32768, r = 8, p = 2.
    let cost = scrypt::Params::new(15, 8, 2).map_err(|error| failed(&error))?;
    let mut key = [0; 64];
    scrypt::scrypt(password.bytes(), &counted(user.bytes()), &cost, &mut key)
        .map_err(|error| failed(&error))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|error| failed(&error))?;
    mac.update(&counted(site.bytes()));
    mac.update(&u32::try_from(counter).unwrap_or_default().to_be_bytes());
    let seed = mac.finalize().into_bytes();
    let mut seed = seed.iter().map(|byte| usize::from(*byte));
    let chosen = seed.next().unwrap_or_default() % templates.len();
    let template = templates.get(chosen).copied().unwrap_or_default();
    let chars = template.bytes().zip(seed).map(|(letter, byte)| {
        let alphabet = alphabet(letter);
        char::from(alphabet.get(byte % alphabet.len()).copied().unwrap_or_default())
    });
    Ok(chars.collect())
}
