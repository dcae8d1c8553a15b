package protocol

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"
)

// The vectors are those that crypt_blowfish, from which most implementations descend, tests itself
// with.
func TestBcryptVectors(t *testing.T) {
	for _, v := range []struct{ password, text string }{
		{"U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"},
		{"U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"},
		{"U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"},
		{"", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"},
		{
			"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored",
			"$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
		},
	} {
		salt, err := bcryptText.DecodeString(v.text[7:29])
		require.NoError(t, err)
		hash, err := bcryptHash(v.password, salt, 5)
		require.NoError(t, err)
		require.Equal(t, v.text[29:], bcryptText.EncodeToString(hash), "%q", v.password)
	}
}

// The first credential is a recorded one (docs/wire-core.md#9).
func TestCredential(t *testing.T) {
	c, err := Credential("p")
	require.NoError(t, err)
	require.Equal(t, "$2a$10$7EqJtq98hPqEX7fNZaFWoOcKAmHWThLFxQE5kXvADYoenTSIW.m/S", string(c))
	require.Len(t, c, CredentialSize)
	c, err = Credential("nopassword")
	require.NoError(t, err)
	require.Equal(t, NoPasswordCredential, string(c))
	for _, password := range []string{"pässwörd"} {
		c, err := Credential(password)
		require.NoError(t, err)
		require.NoError(t, bcrypt.CompareHashAndPassword(c, []byte(password)), "%q", password)
	}
	for name, password := range map[string]string{"NUL byte": "a\x00b", "73 bytes": strings.Repeat("p", 73), "long": strings.Repeat("p", 1<<20)} {
		_, err = Credential(password)
		require.ErrorIs(t, err, ErrInvalidValue, name)
		require.NotContains(t, err.Error(), password)
		require.NotContains(t, err.Error(), "ppp")
	}
	longest, err := Credential(strings.Repeat("p", MaxPasswordLen))
	require.NoError(t, err)
	shorter, err := Credential(strings.Repeat("p", MaxPasswordLen-1))
	require.NoError(t, err)
	require.NotEqual(t, longest, shorter, "the last byte counts")
}
