package cluster_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// printedForms returns everything that can be printed of values that contain the password.
func printedForms(t *testing.T, things ...any) string {
	var b strings.Builder
	log := slog.New(slog.NewJSONHandler(&b, nil))
	for _, x := range things {
		fmt.Fprintf(&b, "%v %+v %#v %s %q %d %x\n", x, x, x, x, x, x, x)
		log.Info("x", "value", x)
		if text, err := json.Marshal(x); err == nil {
			b.Write(text)
		}
	}
	return b.String()
}

// requireHidden fails if a text contains a secret in any printed form of bytes. It does not print
// the text.
func requireHidden(t *testing.T, secret, text string) {
	t.Helper()
	for _, form := range []string{secret, fmt.Sprintf("%x", secret), strings.Trim(fmt.Sprint([]byte(secret)), "[]")} {
		if i := strings.Index(text, form); i >= 0 {
			require.Fail(t, "the secret is shown", "...%s", text[max(0, i-200):i])
		}
	}
}

func mustHashOf(t *testing.T, password string) []byte {
	hash, err := protocol.Credential(password)
	require.NoError(t, err)
	return hash
}

func TestCase41NoSecretInAnyText(t *testing.T) {
	const secret = "hunter2-marker"
	s := secureWith(t, devserver.Options{Security: &devserver.SecurityOptions{Users: []devserver.UserOptions{{Name: "me", Password: secret, Roles: []string{"superuser"}}}}})
	cfg := cluster.Config{Seeds: s.server.Seeds()[:1], Dial: s.dial, User: "me", Password: secret, LoginTimeout: time.Minute, ConnectTimeout: time.Minute}
	cfg.Policies.Admin.Timeout = time.Minute
	c := s.open(t, cfg)
	require.NoError(t, c.ChangePassword(t.Context(), nil, secret))
	node := c.Nodes()[0]
	require.NoError(t, c.Close())
	shown := printedForms(t, cfg.Password, cfg, &cfg, c, node, c.Policies())
	require.Contains(t, shown, "[redacted]")
	requireHidden(t, secret, shown)
	requireHidden(t, string(mustHashOf(t, secret)), shown)
	requireHidden(t, secret, s.traffic())
}

func TestUserConfigErrors(t *testing.T) {
	for want, cfg := range map[string]cluster.Config{
		"Password is set and User is empty":                     {Password: "hunter2"},
		"User has 64 bytes":                                     {User: strings.Repeat("u", 64)},
		"Password has a zero byte":                              {User: "u", Password: "hunter2\x00"},
		"Password has 73 bytes, at most 72 are possible":        {User: "u", Password: cluster.Password("hunter2" + strings.Repeat("p", 66))},
		"AuthMode is AuthPKI, where the certificate names":      {AuthMode: cluster.AuthPKI, User: "u"},
		"AuthMode is AuthExternal and User is empty":            {AuthMode: cluster.AuthExternal},
		"AuthMode is 9":                                         {AuthMode: 9},
		"LoginTimeout is negative":                              {LoginTimeout: -1},
		"AdminPolicy.Timeout is -5ns; use NoTimeout (-1) for n": {Policies: cluster.Policies{Admin: cluster.AdminPolicy{Timeout: -5}}},
	} {
		cfg.Seeds = []string{"h"}
		_, err := cluster.Open(t.Context(), cfg)
		require.ErrorIs(t, err, cluster.ErrConfig)
		require.ErrorContains(t, err, want)
		require.True(t, strings.HasPrefix(err.Error(), "aerospike: invalid configuration: "), err.Error())
		require.NotContains(t, err.Error(), "hunter2")
	}
	require.Equal(t, "internal external pki", fmt.Sprint(cluster.AuthInternal, cluster.AuthExternal, cluster.AuthPKI))
}

// TestCase41WrongPassword: nothing is retried, and no text shows the password.
func TestCase41WrongPassword(t *testing.T) {
	const secret = "hunter2-marker"
	s := secure(t, 3)
	var log bytes.Buffer
	cfg := cluster.Config{Seeds: s.server.Seeds()[:1], Dial: s.dial, User: "me", Password: secret, LoginTimeout: time.Minute, ConnectTimeout: time.Minute}
	cfg.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	cfg.OpenUnconnected = true // has no effect here
	_, err := cluster.Open(t.Context(), cfg)
	require.ErrorIs(t, err, cluster.ErrLogin)
	require.ErrorIs(t, err, protocol.InvalidCredential)
	require.NotErrorIs(t, err, cluster.ErrConnect)
	var refusal *cluster.LoginError
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, cluster.LoginError{User: "me", Code: protocol.InvalidCredential}, *refusal)
	require.Equal(t, `aerospike: INVALID_CREDENTIAL (65): the credential is not valid: login of user "me" refused, see Config.User and Config.Password`, err.Error())
	require.Equal(t, []int{1}, s.count(wire.AdminLogin))
	requireHidden(t, secret, log.String()+printedForms(t, err, errors.Unwrap(err)))

	cfg = s.config("nobody")
	_, err = openAs(t.Context(), cfg)
	require.ErrorIs(t, err, protocol.InvalidUser)
}
