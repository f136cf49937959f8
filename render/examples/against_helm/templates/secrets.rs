//! What functions of certificates, keys and passwords read.

use super::grammar::Grammar;

pub(super) const CERTIFICATES: &[&str] = &[
    "(dict)",
    ".Values.s",
    "(genCAWithKey \"ca\" 1 .Values.keys.ec)",
    "(genCAWithKey \"é, x=y\" 400 .Values.keys.ed)",
    "(buildCustomCert .Values.keys.cert64 .Values.keys.ec64)",
    "nil",
    "(list)",
];

pub(super) const PRIVATE_KEYS: &[&str] = &[
    ".Values.keys.ec",
    ".Values.keys.ed",
    "(genPrivateKey \"ecdsa\")",
    "(genPrivateKey \"ed25519\")",
    ".Values.s",
    "\"\"",
    "(print .Values.keys.ec \"x\")",
    "(trunc 100 .Values.keys.ec)",
    "(b64dec .Values.keys.cert64)",
];

pub(super) const KEY_KINDS: &[&str] = &["\"ecdsa\"", "\"ed25519\"", "\"x\"", ".Values.s"];

pub(super) const ADDRESSES: &[&str] = &[
    "(list \"127.0.0.1\" \"::1\")",
    "(list \"10.0.0.1\")",
    "(list)",
    "nil",
    "(list \"x\")",
    "(list 1)",
    ".Values.el",
    "(list \"::ffff:1.2.3.4\")",
    "(list \"1.2.3.04\")",
    "(list \"fe80::1%eth0\")",
    "(list nil)",
];

pub(super) const HOSTS: &[&str] = &[
    "(list \"a.example\" \"*.b\")",
    "(list)",
    "nil",
    "(list \"\")",
    "(list 1)",
    ".Values.ls",
    "(list \"é\")",
    "(list nil)",
];

/// What `decryptAES` may read with `\"k\"`.
pub(super) const CIPHERS: &[&str] = &[
    "(encryptAES \"k\" \"x\")",
    "(encryptAES \"k\" .Values.uni)",
    "(encryptAES \"k\" \"\")",
    "(encryptAES \"k\" \"sixteen letters!\")",
    "\"\"",
    "\"aGVsbG8=\"",
    "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"",
    "\"%\"",
];

pub(super) const TEMPLATES_OF_PASSWORDS: &[&str] = &[
    "\"long\"",
    "\"maximum\"",
    "\"pin\"",
    "\"basic\"",
    "\"x\"",
    "\"short\"",
    "\"medium\"",
    "\"name\"",
    "\"phrase\"",
];

impl Grammar {
    /// The kind of a private key; those that take long to find come seldom.
    pub(super) fn key_kind(&mut self) -> String {
        let seldom = self.random.chance(3);
        let kinds = if seldom { &["\"rsa\"", "\"dsa\"", "\"\""] } else { KEY_KINDS };
        self.random.pick(kinds).to_owned()
    }
}
