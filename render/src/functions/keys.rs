//! Private keys: made, read from PEM, written as PEM, and signing.

use std::fmt;

use crypto_bigint::BoxedUint;
use ed25519_dalek::Signer as _;
use p256::ecdsa;
use rsa::{
    pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey},
    pkcs1v15,
    pkcs8::{DecodePrivateKey, EncodePublicKey},
    sha2::Sha256,
    signature::{SignatureEncoding, Signer},
};

use super::{der, dsa, pem, primes};
use crate::tape::Source;

/// A private key that can sign certificates.
pub(super) enum Key {
    Rsa(Box<rsa::PrivateKey>),
    Ec(Box<ecdsa::SigningKey>),
    Ed25519(Box<ed25519_dalek::SigningKey>),
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Key(…)")
    }
}

/// The exponent that everybody has.
const EXPONENT: u64 = 65_537;

/// Makes an RSA key of 2048 bits.
pub(super) fn new_rsa_2048(source: &mut dyn Source) -> Result<Key, String> {
    new_rsa::<16>(source)
}

fn new_rsa_4096(source: &mut dyn Source) -> Result<Key, String> {
    new_rsa::<32>(source)
}

/// Makes an RSA key of primes of so many words of 64 bits.
fn new_rsa<const LIMBS: usize>(source: &mut dyn Source) -> Result<Key, String> {
    loop {
        let (p, q) = primes::pair::<LIMBS>(source).map_err(|failure| failure.to_string())?;
        // No key if the exponent divides p - 1 or q - 1: one pair in thirty thousand.
        if let Ok(key) = rsa::PrivateKey::from_p_q(p, q, BoxedUint::from(EXPONENT)) {
            return Ok(Key::Rsa(Box::new(key)));
        }
    }
}

fn new_ec(source: &mut dyn Source) -> Result<Key, String> {
    let mut bytes = [0; 32];
    loop {
        source.random(&mut bytes).map_err(|refusal| refusal.0)?;
        // Out of range once in 2^32.
        if let Ok(key) = ecdsa::SigningKey::from_slice(&bytes) {
            return Ok(Key::Ec(Box::new(key)));
        }
    }
}

fn new_ed25519(source: &mut dyn Source) -> Result<Key, String> {
    let mut seed = [0; 32];
    source.random(&mut seed).map_err(|refusal| refusal.0)?;
    Ok(Key::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(&seed))))
}

/// Makes a key of a type that sprig's `genPrivateKey` knows, as PEM; an error
/// is text in its place.
pub(super) fn generate(source: &mut dyn Source, kind: &str) -> String {
    let made = match kind {
        "" | "rsa" => new_rsa_4096(source).map(|key| key.to_pem()),
        "ecdsa" => new_ec(source).map(|key| key.to_pem()),
        "ed25519" => new_ed25519(source).map(|key| key.to_pem()),
        "dsa" => dsa::generate(source).map(|key| pem::encode("DSA PRIVATE KEY", &key)),
        other => return format!("Unknown type {other}"),
    };
    made.unwrap_or_else(|error| format!("failed to generate private key: {error}"))
}

/// What precedes the seed in PKCS #8 (RFC 8410).
const ED25519_PKCS8: [u8; 16] =
    [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
/// RFC 8410: the algorithm of keys and signatures alike.
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
/// RFC 5758: ecdsa-with-SHA256.
const ECDSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
/// RFC 8017: sha256WithRSAEncryption.
const RSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0b];
/// RFC 5480: the curve P-256.
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];

impl Key {
    /// Reads a key, with sprig's errors.
    pub(super) fn from_pem(text: &str) -> Result<Self, String> {
        let block = pem::decode(text).ok_or("no PEM data in input")?;
        let bytes = block.bytes.as_slice();
        let Some(kind) = block.label.strip_suffix("PRIVATE KEY") else {
            return Err(format!("no private key data in PEM block of type {}", block.label));
        };
        match kind.trim_end() {
            "" => Self::from_pkcs8(bytes)
                .ok_or_else(|| "decoding PEM as PKCS#8: x509: unsupported key".to_owned()),
            "RSA" => rsa::PrivateKey::from_pkcs1_der(bytes)
                .map(|key| Self::Rsa(Box::new(key)))
                .map_err(|error| format!("parsing RSA private key from PEM: {error}")),
            "EC" => p256::SecretKey::from_sec1_der(bytes)
                .map(|key| Self::Ec(Box::new(key.into())))
                .map_err(|error| format!("parsing EC private key from PEM: {error}")),
            kind => Err(format!("invalid private key type {kind}")),
        }
    }

    fn from_pkcs8(bytes: &[u8]) -> Option<Self> {
        if let Ok(key) = rsa::PrivateKey::from_pkcs8_der(bytes) {
            return Some(Self::Rsa(Box::new(key)));
        }
        if let Ok(key) = p256::SecretKey::from_pkcs8_der(bytes) {
            return Some(Self::Ec(Box::new(key.into())));
        }
        let seed = bytes.strip_prefix(&ED25519_PKCS8)?.first_chunk()?;
        Some(Self::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(seed))))
    }

    /// Writes the key as sprig does: PKCS #1, SEC 1 or PKCS #8.
    pub(super) fn to_pem(&self) -> String {
        match self {
            Self::Rsa(key) => {
                let written = key.to_pkcs1_der().map(|der| der.as_bytes().to_vec());
                pem::encode("RSA PRIVATE KEY", &written.unwrap_or_default())
            }
            Self::Ec(key) => {
                let curve = der::value(0xa0, &der::value(der::OBJECT, P256));
                let point = key.verifying_key().to_sec1_point(false);
                let point = der::value(0xa1, &der::bit_string(point.as_bytes()));
                let secret = der::value(der::OCTET_STRING, &key.to_bytes());
                let version = der::integer(&[1]);
                pem::encode("EC PRIVATE KEY", &der::sequence(&[&version, &secret, &curve, &point]))
            }
            Self::Ed25519(key) => {
                pem::encode("PRIVATE KEY", &[ED25519_PKCS8.as_slice(), &key.to_bytes()].concat())
            }
        }
    }

    /// Returns the public key as `SubjectPublicKeyInfo`.
    pub(super) fn public(&self) -> Vec<u8> {
        let written = match self {
            Self::Rsa(key) => key.to_public_key().to_public_key_der().ok(),
            Self::Ec(key) => key.verifying_key().to_public_key_der().ok(),
            Self::Ed25519(key) => {
                let algorithm = self.algorithm();
                let bits = der::bit_string(key.verifying_key().as_bytes());
                return der::sequence(&[&algorithm, &bits]);
            }
        };
        written.map(|der| der.as_bytes().to_vec()).unwrap_or_default()
    }

    /// Returns the `AlgorithmIdentifier` of its signatures.
    pub(super) fn algorithm(&self) -> Vec<u8> {
        match self {
            Self::Rsa(_) => der::sequence(&[&der::value(der::OBJECT, RSA_SHA256), &[5, 0]]),
            Self::Ec(_) => der::sequence(&[&der::value(der::OBJECT, ECDSA_SHA256)]),
            Self::Ed25519(_) => der::sequence(&[&der::value(der::OBJECT, ED25519)]),
        }
    }

    /// Signs a message.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            Self::Rsa(key) => pkcs1v15::SigningKey::<Sha256>::new((**key).clone())
                .try_sign(message)
                .map(|signature| signature.to_vec())
                .map_err(|error| error.to_string()),
            Self::Ec(key) => {
                let signature: Result<ecdsa::DerSignature, _> = Signer::try_sign(&**key, message);
                signature
                    .map(|signature| signature.as_bytes().to_vec())
                    .map_err(|error| error.to_string())
            }
            Self::Ed25519(key) => Ok(key.sign(message).to_bytes().to_vec()),
        }
    }
}
