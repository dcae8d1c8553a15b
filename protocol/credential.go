package protocol

import (
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/blowfish" //lint:ignore SA1019 bcrypt is based on it
)

// CredentialSize is the length of a credential in bytes.
const CredentialSize = 60

// NoPasswordCredential is the credential that servers store for users that log in with a
// certificate only: that of the password "nopassword".
const NoPasswordCredential = "$2a$10$7EqJtq98hPqEX7fNZaFWoOePA2sZy..tlOF99W2N0g5KZ3dLaw8WO"

// The parts of a credential. All clients hash with this salt and cost: the server compares hashes
// and never sees a password.
const (
	credentialCost   = 10
	credentialPrefix = "$2a$10$"
	credentialSalt   = "7EqJtq98hPqEX7fNZaFWoO"
)

// Credential returns the form of a password that is sent to servers and stored by them: its bcrypt
// hash with the salt that all Aerospike clients share. Credential takes tens of milliseconds, so
// callers should keep its result. If the password is not valid it returns the error of
// [CheckPassword].
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

// CheckPassword returns an error that wraps [ErrInvalidValue] if the password is longer than
// [MaxPasswordLen] bytes or has a NUL byte, where some clients would cut it off. The error does not
// show the password.
func CheckPassword(password string) error {
	switch {
	case strings.IndexByte(password, 0) >= 0:
		return fmt.Errorf("%w: a password with a zero byte", ErrInvalidValue)
	case len(password) > MaxPasswordLen:
		return fmt.Errorf("%w: a password of %d bytes, must have at most %d", ErrInvalidValue, len(password), MaxPasswordLen)
	}
	return nil
}

// bcryptText is the base64 encoding that bcrypt uses.
var bcryptText = base64.NewEncoding("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789").WithPadding(base64.NoPadding)

// bcryptHash is the core of bcrypt. golang.org/x/crypto/bcrypt does the same but always picks the
// salt itself. The hash has 23 bytes, as in every implementation of bcrypt.
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
