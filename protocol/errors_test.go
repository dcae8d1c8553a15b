package protocol

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestErrorText(t *testing.T) {
	const doubt = " [in doubt: the write may have been applied; read the record to find out before you repeat it]"
	key := MustKey("test", "demo", "k1")
	for want, err := range map[string]*Error{
		"aerospike: TIMEOUT (9): the server ran out of time for the command: budget 1s [node A1] [2 attempts]" + doubt: {
			Code: ServerTimeout, InDoubt: true, Node: "A1", Attempts: 2, Message: "budget 1s",
		},
		"aerospike: Get test:demo:k1: KEY_NOT_FOUND (2): the record does not exist [node A1]": {
			Code: KeyNotFound, Op: "Get", Key: key, Node: "A1", Attempts: 1,
		},
		"aerospike: GENERATION_ERROR (3): the record's generation is not the expected one [read the record again and retry]": {
			Code: GenerationError,
		},
		"aerospike: GENERATION_ERROR (3): the record's generation is not the expected one" + doubt: {
			Code: GenerationError, InDoubt: true,
		},
		"aerospike: invalid bin name": {Code: ClientError, Err: ErrInvalidBin},
		"aerospike: command failed":   {Code: ClientError},
	} {
		require.Equal(t, want, err.Error())
	}
}

func TestErrorIs(t *testing.T) {
	err := &Error{Code: ServerTimeout}
	require.ErrorIs(t, err, ServerTimeout)
	require.NotErrorIs(t, err, KeyNotFound)
	require.ErrorIs(t, &Error{Code: ClientError, Err: ErrInvalidBin}, ErrInvalidBin)
}

func TestUnknownResultCode(t *testing.T) {
	require.Equal(t, "RESULT_CODE_240", ResultCode(240).String())
	require.Equal(t, "unknown result code 240", ResultCode(240).Error())
}

// The text of a code gives no advice to retry: that depends on whether the error is in doubt.
func TestResultCodesHaveTexts(t *testing.T) {
	for code, text := range codeTexts {
		require.NotEmpty(t, text.name, "%d", code)
		require.NotEmpty(t, text.text, "%d", code)
		require.NotContains(t, text.text, "retry", "%v", code)
	}
}

func TestErrorsShowKeysOnOneLine(t *testing.T) {
	digest := MustKey("test", "s", 1).Digest()
	byDigest, err := KeyFromDigest("test", "s", digest)
	require.NoError(t, err)
	for want, key := range map[string]Key{
		"test:users:ada":                               MustKey("test", "users", "ada"),
		"test::7":                                      MustKey("test", "", 7),
		`test:users:"a\nb"`:                            MustKey("test", "users", "a\nb"),
		`test:"a\x1bb":größe`:                          MustKey("test", "a\x1bb", "größe"),
		`test:users:"\xff"`:                            MustKey("test", "users", "\xff"),
		"test:s:#" + digest.String():                   byDigest,
		"test:s:0x0102":                                MustKey("test", "s", []byte{1, 2}),
		"test:s:" + strings.Repeat("k", 80) + "...":    MustKey("test", "s", strings.Repeat("k", 1<<20)),
		"test:s:0x" + strings.Repeat("00", 40) + "...": MustKey("test", "s", make([]byte, 1<<20)),
		"test:s": {Namespace: "test", Set: "s"},
		"test":   {Namespace: "test"},
	} {
		e := &Error{Code: ServerTimeout, Op: "Get", Key: key}
		require.Equal(t, "aerospike: Get "+want+": "+ServerTimeout.Error(), e.Error())
	}
	require.Equal(t, "aerospike: test:s: command failed", (&Error{Code: ClientError, Key: Key{Namespace: "test", Set: "s"}}).Error())
	require.Equal(t, "aerospike: Sets: command failed", (&Error{Code: ClientError, Op: "Sets"}).Error())
}
