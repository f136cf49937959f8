//! Certificates (sprig's `crypto.go`): as Go's `crypto/x509` writes them, from
//! the same template.

use std::{net::IpAddr, rc::Rc};

use rutter_gotmpl::{Fault, Function, Functions, List, Object, Type, Value, quote};
use serde_json::json;
use sha2::{Digest, Sha256};
use x509_cert::{
    Certificate,
    der::{AnyRef, Decode, Encode, SliceReader, Tag, Tagged},
    ext::pkix::SubjectKeyIdentifier,
};

use super::{
    FunctionContext, base64, der,
    drawn::{draw, question},
    keys::{self, Key},
    pem,
    print::text_of,
    random::add_drawn,
    signature::{Define, Parameter, Text, argument},
    times::certificate_time,
};
use crate::tape::{Kind, Source};

const CERTIFICATE: Type = Type::Object("sprig.certificate");

pub(super) fn add(functions: &mut Functions, context: &Rc<FunctionContext>) {
    add_drawn(functions, context, ("genPrivateKey", &[Type::String]), |source, arguments| {
        Ok(json!(keys::generate(source, &argument::<Text>(arguments, 0).text())))
    });
    functions.two("buildCustomCert", |certificate: Text, key: Text| {
        custom(certificate.bytes(), key.bytes()).map(Pair::into_value).map_err(Fault::new)
    });
    let ca = [Type::String, Type::Int, Type::String];
    let own = [Type::String, Type::List, Type::List, Type::Int, Type::String];
    let signed = [Type::String, Type::List, Type::List, Type::Int, CERTIFICATE, Type::String];
    let makers: [(&str, &[Type], Make); 6] = [
        ("genCA", &ca[..2], |source, arguments| Order::ca(arguments).make(source, None)),
        ("genCAWithKey", &ca, |source, arguments| {
            Order::ca(arguments).make(source, Some(text(arguments, 2)))
        }),
        ("genSelfSignedCert", &own[..4], |source, arguments| {
            Order::leaf(arguments).make(source, None)
        }),
        ("genSelfSignedCertWithKey", &own, |source, arguments| {
            Order::leaf(arguments).make(source, Some(text(arguments, 4)))
        }),
        ("genSignedCert", &signed[..5], |source, arguments| {
            Order::leaf(arguments).signed_by(argument(arguments, 4)).make(source, None)
        }),
        ("genSignedCertWithKey", &signed, |source, arguments| {
            let order = Order::leaf(arguments).signed_by(argument(arguments, 4));
            order.make(source, Some(text(arguments, 5)))
        }),
    ];
    for (name, types, make) in makers {
        functions.insert(name, maker(context, (name, types), make));
    }
}

type Make = fn(&mut dyn Source, &[Value]) -> Result<Pair, String>;

fn maker(
    context: &Rc<FunctionContext>,
    (name, types): (&'static str, &[Type]),
    make: Make,
) -> Function {
    let context = context.clone();
    Function::new(types, move |call, arguments| {
        let question = (Kind::Random, question(name, arguments));
        let answer = draw(&context, call, question, |source| {
            let pair = make(source, arguments).map_err(Fault::new)?;
            Ok(json!({ "Cert": pair.certificate, "Key": pair.key }))
        })?;
        let part = |name: &str| answer.get(name).and_then(|part| part.as_str()).unwrap_or_default();
        let pair = Pair { certificate: part("Cert").to_owned(), key: part("Key").to_owned() };
        Ok(pair.into_value())
    })
}

fn text(arguments: &[Value], at: usize) -> String {
    argument::<Text>(arguments, at).text().into_owned()
}

/// Sprig's `certificate`: a certificate and its key, as PEM.
#[derive(Clone, Default)]
struct Pair {
    certificate: String,
    key: String,
}

impl std::fmt::Debug for Pair {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Pair(…)")
    }
}

impl Pair {
    fn into_value(self) -> Value {
        Value::Object(Rc::new(self))
    }
}

impl Parameter for Pair {
    const TYPE: Type = CERTIFICATE;

    fn take(value: &Value) -> Self {
        let Value::Object(object) = value else { return Self::default() };
        object.as_any().and_then(|any| any.downcast_ref().cloned()).unwrap_or_default()
    }
}

impl Object for Pair {
    fn type_name(&self) -> &'static str {
        "sprig.certificate"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Cert" => Some(Value::from(self.certificate.as_str())),
            "Key" => Some(Value::from(self.key.as_str())),
            _ => None,
        }
    }

    fn members(&self) -> Option<Vec<(&'static str, Value)>> {
        let part = |name: &'static str| (name, self.field(name).unwrap_or_default());
        Some(vec![part("Cert"), part("Key")])
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        Some(self)
    }

    fn print(&self) -> String {
        format!("{{{} {}}}", self.certificate, self.key)
    }
}

/// Takes a certificate and its key, both in base 64, and looks whether they are.
fn custom(certificate: &[u8], key: &[u8]) -> Result<Pair, String> {
    let decoded = |text: &[u8], what: &str| {
        let bytes = base64::decode(text).map_err(|_| format!("unable to decode base64 {what}"))?;
        Ok::<_, String>(String::from_utf8_lossy(&bytes).into_owned())
    };
    let certificate = decoded(certificate, "certificate")?;
    let key = decoded(key, "private key")?;
    parse(&certificate, "decodedCert.Bytes")?;
    Key::from_pem(&key).map_err(|error| format!("error parsing private key: {error}"))?;
    Ok(Pair { certificate, key })
}

fn parse(certificate: &str, what: &str) -> Result<Certificate, String> {
    let block = pem::decode(certificate).ok_or("unable to decode certificate")?;
    Certificate::from_der(&block.bytes).map_err(|_| {
        let part = malformed(&block.bytes);
        format!("error parsing certificate: {what}: x509: malformed {part}")
    })
}

/// Returns what Go's `parseCertificate` stumbles over first in what is no certificate, as far
/// as private keys and other DER get.
fn malformed(bytes: &[u8]) -> &'static str {
    let sequence = |any: &AnyRef<'_>| any.tag() == Tag::Sequence;
    let Some(whole) = AnyRef::from_der(bytes).ok().filter(sequence) else { return "certificate" };
    let Some(body) = first_of(whole.value(), sequence) else { return "tbs certificate" };
    let is_version_or_number = |any: &AnyRef<'_>| {
        matches!(any.tag(), Tag::Integer | Tag::ContextSpecific { constructed: true, .. })
    };
    match first_of(body.value(), is_version_or_number) {
        Some(_) => "certificate",
        None => "serial number",
    }
}

/// Returns the first element, if it is one of that sort.
fn first_of<'b>(bytes: &'b [u8], is_sort: impl Fn(&AnyRef<'b>) -> bool) -> Option<AnyRef<'b>> {
    let mut reader = SliceReader::new(bytes).ok()?;
    AnyRef::decode(&mut reader).ok().filter(is_sort)
}

fn address(value: &Value) -> Result<IpAddr, String> {
    match value {
        Value::String(text) => text.parse().map_err(|_| format!("error parsing ip: {text}")),
        other => Err(format!("error parsing ip: {} is not a string", text_of(other))),
    }
}

fn host(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) if text.is_ascii() => Ok(text.to_string()),
        Value::String(text) => {
            let text = quote(text.as_bytes());
            Err(format!(
                "error creating certificate: x509: {text} cannot be encoded as an IA5String"
            ))
        }
        other => {
            let text = text_of(other);
            Err(format!("error processing alternate dns name: {text} is not a string"))
        }
    }
}

/// What a certificate is to say.
struct Order {
    name: String,
    /// As the template gave them: what is wrong with them is said after what is wrong with keys.
    addresses: List,
    hosts: List,
    days: i64,
    /// Whether it may sign others.
    authority: bool,
    signer: Option<Pair>,
}

impl Order {
    fn ca(arguments: &[Value]) -> Self {
        Self {
            name: text(arguments, 0),
            addresses: List::default(),
            hosts: List::default(),
            days: argument(arguments, 1),
            authority: true,
            signer: None,
        }
    }

    fn leaf(arguments: &[Value]) -> Self {
        Self {
            name: text(arguments, 0),
            addresses: argument(arguments, 1),
            hosts: argument(arguments, 2),
            days: argument(arguments, 3),
            authority: false,
            signer: None,
        }
    }

    /// Returns the other names, as entries of a `SubjectAltName`.
    fn other_names(&self) -> Result<Vec<u8>, String> {
        let addresses: Vec<_> =
            self.addresses.items.iter().map(address).collect::<Result<_, _>>()?;
        let hosts: Vec<_> = self.hosts.items.iter().map(host).collect::<Result<_, _>>()?;
        let mut names = Vec::new();
        for host in &hosts {
            names.extend(der::value(0x82, host.as_bytes()));
        }
        for address in addresses {
            names.extend(match address.to_canonical() {
                IpAddr::V4(address) => der::value(0x87, &address.octets()),
                IpAddr::V6(address) => der::value(0x87, &address.octets()),
            });
        }
        Ok(names)
    }

    fn signed_by(self, signer: Pair) -> Self {
        Self { signer: Some(signer), ..self }
    }

    fn make(&self, source: &mut dyn Source, key: Option<String>) -> Result<Pair, String> {
        let key = match key {
            Some(key) => {
                Key::from_pem(&key).map_err(|error| format!("parsing private key: {error}"))?
            }
            None => keys::new_rsa_2048(source)
                .map_err(|error| format!("error generating rsa key: {error}"))?,
        };
        let signer = self.signer.as_ref().map(Signer::of).transpose()?;
        let names = self.other_names()?;
        let certificate = self.certificate(source, &key, (signer.as_ref(), &names))?;
        Ok(Pair { certificate: pem::encode("CERTIFICATE", &certificate), key: key.to_pem() })
    }

    fn certificate(
        &self,
        source: &mut dyn Source,
        key: &Key,
        (signer, names): (Option<&Signer>, &[u8]),
    ) -> Result<Vec<u8>, String> {
        let mut serial = [0; 16];
        source.random(&mut serial).map_err(|refusal| refusal.0)?;
        let subject = name(&self.name);
        let issuer = signer.map_or(&subject, |signer| &signer.subject);
        let signing_key = signer.map_or(key, |signer| &signer.key);
        let public = key.public();
        let now = source.now();
        let valid = der::sequence(&[
            &time(now, 0).ok_or("error creating certificate: time out of range")?,
            &time(now, self.days).ok_or("error creating certificate: time out of range")?,
        ]);
        let by_other = signer.filter(|_| *issuer != subject).and_then(|s| s.key_id.as_deref());
        let extensions = self.extensions(&public, by_other, names);
        let body = der::sequence(&[
            &der::value(0xa0, &der::integer(&[2])),
            &der::integer(&serial),
            &signing_key.algorithm(),
            issuer,
            &valid,
            &subject,
            &public,
            &der::value(0xa3, &der::sequence(&[&extensions])),
        ]);
        let signature = signing_key
            .sign(&body)
            .map_err(|error| format!("error creating certificate: {error}"))?;
        Ok(der::sequence(&[&body, &signing_key.algorithm(), &der::bit_string(&signature)]))
    }

    /// In the order and with the flags that Go has.
    fn extensions(&self, public: &[u8], authority_key: Option<&[u8]>, names: &[u8]) -> Vec<u8> {
        let extension = |number: u8, critical: bool, value: &[u8]| {
            let object = der::value(der::OBJECT, &[0x55, 0x1d, number]);
            let flag: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
            der::sequence(&[&object, flag, &der::value(der::OCTET_STRING, value)])
        };
        // Digital signature and key encipherment, for an authority also the
        // signing of certificates.
        let usage: &[u8] = if self.authority { &[3, 2, 2, 0xa4] } else { &[3, 2, 5, 0xa0] };
        let basic: &[u8] = if self.authority { &[1, 1, 0xff] } else { &[] };
        let mut out = extension(15, true, usage);
        out.extend(extension(37, false, &SERVER_AND_CLIENT));
        out.extend(extension(19, true, &der::sequence(&[basic])));
        if self.authority {
            let id = der::value(der::OCTET_STRING, &key_id(public));
            out.extend(extension(14, false, &id));
        }
        if let Some(id) = authority_key {
            out.extend(extension(35, false, &der::sequence(&[&der::value(0x80, id)])));
        }
        if !names.is_empty() {
            out.extend(extension(17, self.name.is_empty(), &der::sequence(&[names])));
        }
        out
    }
}

/// `serverAuth` and `clientAuth` (RFC 5280, 4.2.1.12).
const SERVER_AND_CLIENT: [u8; 22] =
    [0x30, 0x14, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2];

/// RFC 7093, method 1: as Go since 1.25.
fn key_id(public: &[u8]) -> Vec<u8> {
    use x509_cert::spki::SubjectPublicKeyInfoRef;
    let bits = SubjectPublicKeyInfoRef::from_der(public)
        .ok()
        .map(|info| info.subject_public_key.raw_bytes().to_vec())
        .unwrap_or_default();
    Sha256::digest(bits).iter().take(20).copied().collect()
}

/// A distinguished name of one common name, or of nothing.
fn name(common_name: &str) -> Vec<u8> {
    if common_name.is_empty() {
        return der::sequence(&[]);
    }
    let is_printable = |byte: u8| byte.is_ascii_alphanumeric() || b" '()+,-./:=?*&".contains(&byte);
    let tag = if common_name.bytes().all(is_printable) { der::PRINTABLE } else { der::UTF8 };
    let attribute = der::sequence(&[
        &der::value(der::OBJECT, &[0x55, 4, 3]),
        &der::value(tag, common_name.as_bytes()),
    ]);
    der::sequence(&[&der::value(der::SET, &attribute)])
}

/// RFC 5280: two digits of the year up to 2049, four from then on.
fn time(now: i64, days: i64) -> Option<Vec<u8>> {
    let seconds = now.div_euclid(1_000_000_000).checked_add(days.checked_mul(86400)?)?;
    let text = certificate_time(seconds);
    if text.len() != 15 {
        return None;
    }
    let two_digits = text.get(..2).is_some_and(|century| {
        century == "20" && text.as_str() < "2050" || century == "19" && text.as_str() >= "1950"
    });
    Some(if two_digits {
        der::value(der::UTC_TIME, text.get(2..)?.as_bytes())
    } else {
        der::value(der::GENERALIZED_TIME, text.as_bytes())
    })
}

/// Who signs.
struct Signer {
    key: Key,
    /// The name as it is written in its certificate.
    subject: Vec<u8>,
    key_id: Option<Vec<u8>>,
}

impl Signer {
    fn of(pair: &Pair) -> Result<Self, String> {
        let certificate = parse(&pair.certificate, "decodedSignerCert.Bytes")?;
        let key = Key::from_pem(&pair.key)
            .map_err(|error| format!("error parsing private key: {error}"))?;
        let body = certificate.tbs_certificate();
        let public = body.subject_public_key_info().to_der().unwrap_or_default();
        if public != key.public() {
            let message = "x509: provided PrivateKey doesn't match parent's PublicKey";
            return Err(format!("error creating certificate: {message}"));
        }
        let key_id = body.get_extension::<SubjectKeyIdentifier>().ok().flatten();
        Ok(Self {
            key,
            subject: body.subject().to_der().unwrap_or_default(),
            key_id: key_id.map(|(_, id)| id.0.as_bytes().to_vec()),
        })
    }
}
