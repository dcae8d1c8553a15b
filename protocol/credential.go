package protocol

import (
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/blowfish" //lint:ignore SA1019 it is what bcrypt is made with
)

// CredentialSize is the length of a credential in bytes.
const CredentialSize = 60

// NoPasswordCredential is what servers keep for users who log in by certificate: the credential of the password "nopassword".
const NoPasswordCredential = "$2a$10$7EqJtq98hPqEX7fNZaFWoOePA2sZy..tlOF99W2N0g5KZ3dLaw8WO"

// The parts of a credential: all clients hash with this salt and
// cost, as the server compares hashes and does not see passwords.
const (
	credentialCost   = 10
	credentialPrefix = "$2a$10$"
	credentialSalt   = "7EqJtq98hPqEX7fNZaFWoO"
)

// Credential returns the form in which a password travels and is kept: its bcrypt hash with the
// salt that all of Aerospike's clients share. It takes tens of milliseconds, so keep it. A password that [CheckPassword] refuses
// gives its error.
func Credential(password string) ([]byte, error) {
	if err := CheckPassword(password); err != nil {
		return nil, err
	}
	salt, err := bcryptText.DecodeString(credentialSalt)
	if err != nil {
		return nil, err
	}
	hash, err := bcryptHash(password, salt, credentialCost)
	if err != nil {
		return nil, err
	}
	return append([]byte(credentialPrefix+credentialSalt), bcryptText.EncodeToString(hash)...), nil
}

// CheckPassword reports, with an error that wraps [ErrInvalidValue] and does not show it, a password of more than
// [MaxPasswordLen] bytes, or with a zero byte, at which other clients would end it.
func CheckPassword(password string) error {
	switch {
	case strings.IndexByte(password, 0) >= 0:
		return fmt.Errorf("%w: a password with a zero byte", ErrInvalidValue)
	case len(password) > MaxPasswordLen:
		return fmt.Errorf("%w: a password of %d bytes, at most %d are possible", ErrInvalidValue, len(password), MaxPasswordLen)
	}
	return nil
}

// bcryptText is the alphabet of bcrypt's own base64.
var bcryptText = base64.NewEncoding("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789").WithPadding(base64.NoPadding)

// bcryptHash is bcrypt's core: what golang.org/x/crypto/bcrypt does, which takes no salt from its
// caller. The hash has 23 bytes, as in all implementations since the first.
func bcryptHash(password string, salt []byte, cost uint) ([]byte, error) {
	key := append([]byte(password), 0)
	c, err := blowfish.NewSaltedCipher(key, salt)
	if err != nil {
		return nil, err
	}
	for range uint64(1) << cost {
		blowfish.ExpandKey(key, c)
		blowfish.ExpandKey(salt, c)
	}
	hash := []byte("OrpheanBeholderScryDoubt")
	for block := 0; block < len(hash); block += blowfish.BlockSize {
		for range 64 {
			c.Encrypt(hash[block:], hash[block:])
		}
	}
	return hash[:len(hash)-1], nil
}
