//! Channel binding: `tls-server-end-point` of RFC 5929, a digest of the server's certificate by the hash function with which
//! the certificate is signed.

use sha2::{Digest, Sha256, Sha384, Sha512};

/// The binding of a certificate in DER; `None` if its signature has no separate hash function (Ed25519).
pub(crate) fn of(certificate: &[u8]) -> Option<Vec<u8>> {
    // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { algorithm OID, ... }, ... }
    let (certificate_body, _) = element(certificate, 0x30)?;
    let (_, after) = element(certificate_body, 0x30)?;
    let (algorithm, _) = element(after, 0x30)?;
    let (oid, parameters) = element(algorithm, 0x06)?;
    match hash_of(oid, parameters)? {
        Hash::Sha256 => Some(Sha256::digest(certificate).to_vec()),
        Hash::Sha384 => Some(Sha384::digest(certificate).to_vec()),
        Hash::Sha512 => Some(Sha512::digest(certificate).to_vec()),
    }
}

#[derive(Debug, PartialEq)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// The hash function of a signature algorithm. The RFC replaces MD5 and SHA-1 by SHA-256.
fn hash_of(oid: &[u8], parameters: &[u8]) -> Option<Hash> {
    /// 1.2.840.113549.1.1, RSA
    const RSA: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
    /// 1.2.840.10045.4, ECDSA; .1 is with SHA-1, .3 with SHA-2
    const ECDSA: [u8; 6] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04];
    /// 2.16.840.1.101.3.4.2, the SHA-2 functions themselves
    const SHA2: [u8; 8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];
    if let Some(kind) = oid.strip_prefix(&RSA) {
        return match kind {
            [4 | 5 | 11] => Some(Hash::Sha256),
            [12] => Some(Hash::Sha384),
            [13] => Some(Hash::Sha512),
            // RSASSA-PSS names its hash function in its parameters: SEQUENCE { [0] SEQUENCE { OID, ... }, ... }
            [10] => {
                let (pss, _) = element(parameters, 0x30)?;
                let (hash, _) = element(pss, 0xa0)?;
                let (hash, _) = element(hash, 0x30)?;
                let (oid, _) = element(hash, 0x06)?;
                match oid.strip_prefix(&SHA2)? {
                    [1] => Some(Hash::Sha256),
                    [2] => Some(Hash::Sha384),
                    [3] => Some(Hash::Sha512),
                    _ => None,
                }
            }
            _ => None,
        };
    }
    match oid.strip_prefix(&ECDSA)? {
        [1] | [3, 2] => Some(Hash::Sha256),
        [3, 3] => Some(Hash::Sha384),
        [3, 4] => Some(Hash::Sha512),
        _ => None,
    }
}

/// If the bytes begin with a DER element of that tag, its content, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    (found == tag).then(|| rest.split_at_checked(length)).flatten()
}
