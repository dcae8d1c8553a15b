package driver_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/tls"
	"database/sql"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"text/template"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
)

const marker = "MaRkErSeCrEt"

var verbs = []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%t", "%o", "%10.3v"}

// shown returns the output of the printers, encoders, loggers and templates of the standard library
// for values.
func shown(t *testing.T, values ...any) string {
	var b bytes.Buffer
	jsonLog, textLog := slog.New(slog.NewJSONHandler(&b, nil)), slog.New(slog.NewTextHandler(&b, nil))
	page := template.Must(template.New("").Parse(`{{.}} {{printf "%v %d %x" . . .}}`))
	for _, v := range values {
		for _, verb := range verbs {
			fmt.Fprintf(&b, verb+"\n", v)
		}
		fmt.Fprintln(&b, v)
		jsonLog.Info("x", "value", v)
		textLog.Info("x", "value", v)
		require.NoError(t, page.Execute(&b, v))
		// Encoding may fail, for functions for example. The output so far is checked too.
		_ = json.NewEncoder(&b).Encode(v)
		_ = xml.NewEncoder(&b).Encode(v)
		_ = gob.NewEncoder(&b).Encode(v)
	}
	return b.String()
}

func requireNoMarker(t require.TestingT, text string) {
	for _, form := range []string{marker, fmt.Sprintf("%x", marker), fmt.Sprintf("%X", marker), strings.Trim(fmt.Sprint([]byte(marker)), "[]")} {
		if i := strings.Index(text, form); i >= 0 {
			require.Fail(t, "the secret is shown", "...%s", text[max(0, i-200):i])
		}
	}
}

type (
	embeds      struct{ driver.Config }
	has         struct{ DB, Other *driver.Config }
	hasCluster  struct{ Cluster cluster.Config }
	onlySecrets struct {
		Password cluster.Password
		All      []cluster.Password
		ByName   map[string]cluster.Password
		Pointer  *cluster.Password
	}
)

func TestNoPrinterShowsAPassword(t *testing.T) {
	cfg := driver.Config{Seeds: []string{"h"}, User: "u", Password: marker}
	key := ed25519.PrivateKey(marker)
	native := cluster.Config{
		Seeds: []string{"h"}, User: "u", Password: marker, TLS: &tls.Config{Certificates: []tls.Certificate{{PrivateKey: key}}},
	}
	secret := cluster.Password(marker)
	connector, err := driver.NewConnector(cfg)
	require.NoError(t, err)
	db := sql.OpenDB(connector)
	defer db.Close()
	for name, v := range map[string]any{
		"password": secret, "pointer": &secret, "config": cfg, "pointer to config": &cfg, "native config": native, "pointer to native": &native,
		"embedded": embeds{cfg}, "in fields": has{&cfg, &cfg}, "native in a field": hasCluster{native},
		"only secrets": onlySecrets{secret, []cluster.Password{secret}, map[string]cluster.Password{"x": secret}, &secret},
		"list":         []any{cfg, &cfg, secret, native, &native}, "map": map[string]any{"cfg": cfg, "native": native}, "connector": connector, "database": db,
	} {
		t.Run(name, func(t *testing.T) { requireNoMarker(t, shown(t, v)) })
	}
	text, err := json.Marshal(onlySecrets{Password: secret})
	require.NoError(t, err)
	require.Contains(t, string(text), `"Password":"[redacted]"`)
}

// A password can be read from JSON.
func TestPasswordFromJSON(t *testing.T) {
	var in onlySecrets
	require.NoError(t, json.Unmarshal([]byte(`{"Password": "hunter2"}`), &in))
	require.Equal(t, "hunter2", string(in.Password))
}

func TestUnescapedPasswords(t *testing.T) {
	for _, password := range []string{
		marker + "/ss", "12/" + marker, marker + "@word", "p@" + marker, marker + "#x", "x#" + marker, marker + "?x", "12?" + marker,
		"12?app_id=" + marker, "1/" + marker + "?app_id=x", "12/ns?" + marker + "=x", "@" + marker, marker + "@@", "a:1,b:2/" + marker, "%" + marker, "%zz" + marker,
	} {
		for _, dsn := range []string{
			"aerospike://user:" + password + "@host/ns", "aerospike://user:" + password + "@host:3000", "aerospike://user:" + password + "@a,b/ns?timeout=1s",
			"aerospike+mem://user:" + password + "@host/ns", "other://user:" + password + "@host/ns", "user:" + password + "@host/ns",
		} {
			_, err := driver.ParseDSN(dsn)
			require.ErrorIs(t, err, driver.ErrConfig)
			requireNoMarker(t, err.Error())
			if strings.HasPrefix(dsn, "aerospike://") && !strings.HasPrefix(password, "%") {
				require.ErrorContains(t, err, "percent-encoded")
			}
		}
	}
	for _, long := range []string{strings.Repeat("p", 73), "a%00b"} {
		_, err := driver.ParseDSN("aerospike://user:" + long + "@host/ns")
		require.ErrorIs(t, err, driver.ErrConfig)
		require.NotContains(t, err.Error(), long)
	}
	cfg, err := driver.ParseDSN("aerospike://user:" + strings.Repeat("p", 80) + "@host/ns?auth=external&tls=true")
	require.NoError(t, err, "external authentication accepts longer passwords")
	require.Len(t, string(cfg.Password), 80)
}

// FuzzUnescapedPasswords checks that no text shows a password, however its special characters are
// written.
func FuzzUnescapedPasswords(f *testing.F) {
	for _, s := range []string{"", "/", "@", "#", "?", "12/", "12?app_id=", "@h/ns?app_id=", "%", "%4", "&", "=", ";", "://", ":1,h/", "[", "\n", "\x00"} {
		f.Add(s, "")
		f.Add("", s)
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		cfg, err := driver.ParseDSN("aerospike://user:" + before + marker + after + "@host:3000/ns?timeout=1s")
		if err != nil {
			require.ErrorIs(t, err, driver.ErrConfig)
			requireNoMarker(t, err.Error())
			return
		}
		for _, verb := range verbs {
			requireNoMarker(t, fmt.Sprintf(verb, cfg))
		}
		require.Contains(t, string(cfg.Password), marker)
		require.Equal(t, []string{"host:3000"}, cfg.Seeds)
		require.Equal(t, "ns", cfg.Namespace)
	})
}
