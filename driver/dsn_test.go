package driver_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol/wiretest"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/plan"
)

func TestParseDSN(t *testing.T) {
	cases := []struct {
		dsn  string
		want driver.Config
	}{
		{"aerospike://localhost", driver.Config{Seeds: []string{"localhost"}}},
		{"aerospike://localhost:3000/test", driver.Config{Seeds: []string{"localhost:3000"}, Namespace: "test"}},
		{"aerospike://a:1,b,[::1]:3000,[fe80::2]/ns", driver.Config{Seeds: []string{"a:1", "b", "[::1]:3000", "[fe80::2]"}, Namespace: "ns"}},
		{"aerospike://me:p%40ss%2F%3F:x@h/ns", driver.Config{Seeds: []string{"h"}, Namespace: "ns", User: "me", Password: "p@ss/?:x"}},
		{"aerospike+mem://demo/test", driver.Config{InProcess: "demo", Namespace: "test"}},
		{
			"aerospike://h/ns?timeout=2s&socket_timeout=none&connect_timeout=100ms&tend_interval=5s&idle_timeout=1m&max_conns=7&min_conns=1&max_retries=0",
			driver.Config{
				Seeds: []string{"h"}, Namespace: "ns", Timeout: 2 * time.Second, SocketTimeout: cluster.NoTimeout, ConnectTimeout: 100 * time.Millisecond,
				TendInterval: 5 * time.Second, IdleTimeout: time.Minute, MaxConns: 7, MinConns: 1, MaxRetries: cluster.NoRetries,
			},
		},
		{
			"aerospike://h/ns?send_key=false&scan=deny&dialect=aql&tx=autocommit&ttl=never&replica=master_proles&app_id=my+app&alternate_addresses=true&cluster_name=c&collections=json&durable_delete=true",
			driver.Config{
				Seeds: []string{"h"}, Namespace: "ns", NoSendKey: true, DenyScan: true, Dialect: querylang.AQL, Tx: driver.TxAutocommit, TTL: cluster.TTLNever,
				Replica: cluster.ReplicaMasterProles, AppID: "my app", AlternateAddresses: true, ClusterName: "c", Collections: driver.CollectionsJSON, DurableDelete: true,
			},
		},
		{
			"aerospike://u:p@h:db.test:4333,[::1]:db.test:4333/ns?tls=true&tls_ca=/ca.pem&tls_cert=/c.pem&tls_key=/k.pem&tls_name=n&auth=external",
			driver.Config{
				Seeds: []string{"h:db.test:4333", "[::1]:db.test:4333"}, Namespace: "ns", User: "u", Password: "p", AuthMode: cluster.AuthExternal, TLS: true,
				TLSFiles: cluster.TLSFiles{CA: "/ca.pem", Certificate: "/c.pem", Key: "/k.pem"}, TLSName: "n",
			},
		},
		{
			"aerospike://h/ns?memory_limit=16MiB&atomic=off&late_bins=ignore&index_numbers=integers&disable_rules=filter,key",
			driver.Config{
				Seeds: []string{"h"}, Namespace: "ns", MemoryLimit: 16 << 20, NotAtomic: true, LateBins: driver.LateBinsIgnore, IndexIntegers: true,
				DisabledRules: 1<<plan.FilterRule | 1<<plan.KeyRule,
			},
		},
		{"aerospike://h?memory_limit=5000", driver.Config{Seeds: []string{"h"}, MemoryLimit: 5000}},
		{"aerospike://h?tls=true&tls_insecure_trust_any_server=true", driver.Config{Seeds: []string{"h"}, TLS: true, TLSTrustAnyServer: true}},
		{"aerospike://h?replica=prefer_rack&racks=2,0", driver.Config{Seeds: []string{"h"}, Replica: cluster.ReplicaPreferRack, Racks: []int{2, 0}}},
		{"aerospike://h?ttl=24h", driver.Config{Seeds: []string{"h"}, TTL: cluster.TTLFor(24 * time.Hour)}},
		{"aerospike://h?ttl=keep&scan=ALLOW", driver.Config{Seeds: []string{"h"}, TTL: cluster.TTLDontUpdate}},
	}
	for _, c := range cases {
		got, err := driver.ParseDSN(c.dsn)
		require.NoError(t, err, c.dsn)
		require.Equal(t, c.want, got, c.dsn)
		again, err := driver.ParseDSN(got.FormatDSN())
		require.NoError(t, err, got.FormatDSN())
		require.Equal(t, got, again)
	}
}

func TestParseDSNErrors(t *testing.T) {
	const prefix = "invalid data source: "
	cases := map[string]string{
		"":                                          "it must start with aerospike:// or aerospike+mem://",
		"mysql://h/ns":                              "it must start with aerospike:// or aerospike+mem://",
		"aerospike:///ns":                           "the address is missing; a data source name looks like aerospike://host:3000/namespace",
		"aerospike://h:0/ns":                        "address 1 is not host, host:port, host:tls-name:port or [v6]:port",
		"aerospike://a,b:x/ns":                      "address 2 is not host, host:port, host:tls-name:port or [v6]:port",
		"aerospike://::1/ns":                        "address 1 is not host, host:port, host:tls-name:port or [v6]:port",
		"aerospike://a,,b/ns":                       "address 2 is not host, host:port, host:tls-name:port or [v6]:port",
		"aerospike://h/a/b":                         "the namespace is not valid",
		"aerospike://h/ns?time_out=1s":              `there is no key "time_out"; did you mean timeout?`,
		"aerospike://h/ns?sendKey=true":             `there is no key "sendKey"; did you mean send_key?`,
		"aerospike://h/ns?timeout=1":                "the key timeout must be a duration such as 500ms or 2s, or none",
		"aerospike://h/ns?scan=no":                  "the key scan must be allow or deny",
		"aerospike://h/ns?scan=deny&scan=x":         "the key scan is given twice",
		"aerospike://h?memory_limit=0":              "must be a size such as 64MiB or 1GiB",
		"aerospike://h?memory_limit=9EiB":           "must be a size such as 64MiB or 1GiB",
		"aerospike://h?memory_limit=99999999999GiB": "must be a size such as 64MiB or 1GiB",
		"aerospike://h?disable_rules=fast":          "there is no rule \"fast\"",
		"aerospike://h?late_bins=drop":              "must be error or ignore",
		"aerospike://h/ns?max_conns=-1":             "the key max_conns must be a non-negative integer",
		"aerospike://h/ns?ttl=0s":                   "the key ttl must be default, never, keep, or a duration from 1s to ten years",
		"aerospike://h?replica=prefer_rack":         "replica=prefer_rack needs racks, nearest first, such as racks=1,2",
		"aerospike://h?racks=1":                     "racks need replica=prefer_rack",
		"aerospike://h?racks=1,":                    "the key racks must be rack numbers, nearest first, such as 1,2",
		"aerospike://h?racks=-1":                    "the key racks must be rack numbers, nearest first, such as 1,2",
		"aerospike://h/ns?a=%":                      "the part after ? must have the form key=value&key=value",
		"aerospike://h/ns?auth=external":            "auth=external needs tls=true",
		"aerospike://h/ns?auth=pki":                 "auth=pki needs tls=true",
		"aerospike://h/ns?tls=true&auth=pki":        "auth=pki needs tls_cert and tls_key",
		"aerospike://h/ns?tls_ca=/ca.pem":           "the keys that start with tls_ need tls=true",
		"aerospike://u:p@h/ns?tls=true&auth=external&tls_insecure_trust_any_server=true": "would send the password to any server",
		"aerospike+mem://a/ns?tls=true":  "an in-process cluster has no TLS",
		"aerospike://h:n:x/ns":           "address 1 is not host, host:port, host:tls-name:port or [v6]:port",
		"aerospike://h::3000/ns":         "address 1 is not host, host:port, host:tls-name:port or [v6]:port",
		"aerospike://a:b:c:1/ns":         "address 1 is not host, host:port, host:tls-name:port or [v6]:port",
		"aerospike://h/ns?insecure=true": `there is no key "insecure"`,
		"aerospike+mem://a:3000/ns":      "the address of an in-process cluster is a name, without port and user",
		"aerospike+mem:///ns":            "the address is missing; a data source name looks like aerospike://host:3000/namespace",
	}
	for dsn, want := range cases {
		_, err := driver.ParseDSN(dsn)
		require.ErrorIs(t, err, driver.ErrConfig, dsn)
		require.Contains(t, err.Error(), want, dsn)
		require.True(t, strings.HasPrefix(err.Error(), prefix), err.Error())
	}
	_, err := driver.ParseDSN("aerospike://h/ns?zzzzzzzzzzzzzz=1")
	require.ErrorContains(t, err, "the keys are timeout, socket_timeout")
}

func TestFormatDSNRoundTrips(t *testing.T) {
	durations := rapid.OneOf(rapid.Just(time.Duration(0)), rapid.Just(cluster.NoTimeout), rapid.Custom(func(t *rapid.T) time.Duration {
		return time.Duration(rapid.Int64Range(1, 1e15).Draw(t, "ns"))
	}))
	text := rapid.StringN(0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		cfg := driver.Config{
			Namespace: text.Draw(t, "ns"), ClusterName: text.Draw(t, "cluster"), AppID: text.Draw(t, "app"),
			Timeout: durations.Draw(t, "timeout"), SocketTimeout: durations.Draw(t, "socket"), ConnectTimeout: durations.Draw(t, "connect"),
			TendInterval: durations.Draw(t, "tend"), IdleTimeout: durations.Draw(t, "idle"),
			MaxConns: rapid.IntRange(0, 1000).Draw(t, "max"), MinConns: rapid.IntRange(0, 1000).Draw(t, "min"), MaxRetries: rapid.IntRange(-1, 9).Draw(t, "retries"),
			MemoryLimit: rapid.Int64Range(0, 1<<40).Draw(t, "memory"), NotAtomic: rapid.Bool().Draw(t, "not atomic"),
			LateBins: driver.LateBins(rapid.IntRange(0, 1).Draw(t, "late")), IndexIntegers: rapid.Bool().Draw(t, "integers"),
			DisabledRules: plan.Rules(rapid.IntRange(0, 1<<(plan.LimitRule+1)-1).Draw(t, "rules")),
			NoSendKey:     rapid.Bool().Draw(t, "key"), DenyScan: rapid.Bool().Draw(t, "scan"), AlternateAddresses: rapid.Bool().Draw(t, "alt"),
			Dialect: querylang.Dialect(rapid.IntRange(0, 1).Draw(t, "dialect")), Tx: driver.TxMode(rapid.IntRange(0, 1).Draw(t, "tx")),
			Collections: driver.Collections(rapid.IntRange(0, 1).Draw(t, "collections")), Replica: cluster.ReplicaPolicy(rapid.IntRange(0, 4).Draw(t, "replica")),
			TTL: rapid.SampledFrom([]cluster.TTL{cluster.TTLDefault, cluster.TTLNever, cluster.TTLDontUpdate, 1, 3600, 315_360_000}).Draw(t, "ttl"),
		}
		if cfg.Replica == cluster.ReplicaPreferRack {
			cfg.Racks = rapid.SliceOfN(rapid.IntRange(0, 1000), 1, 3).Draw(t, "racks")
		}
		if rapid.Bool().Draw(t, "in process") {
			cfg.InProcess = rapid.StringMatching(`[a-z0-9 /?%]{1,8}`).Draw(t, "name")
		} else {
			cfg.Seeds = rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b.example.com:3000", "h:db.example.com:4333", "[::1]:name:1", "[::1]", "[::1]:4000", "10.0.0.1"}), 1, 3).Draw(t, "seeds")
			if cfg.User = text.Draw(t, "user"); cfg.User != "" {
				cfg.Password = cluster.Password(strings.ReplaceAll(text.Draw(t, "password"), "\x00", "@"))
			}
			if cfg.TLS = rapid.Bool().Draw(t, "tls"); cfg.TLS {
				cfg.TLSFiles = cluster.TLSFiles{CA: text.Draw(t, "ca"), Certificate: "c" + text.Draw(t, "cert"), Key: text.Draw(t, "key")}
				cfg.TLSName = text.Draw(t, "tls name")
				cfg.AuthMode = cluster.AuthMode(rapid.IntRange(0, 2).Draw(t, "auth"))
				cfg.TLSTrustAnyServer = cfg.AuthMode != cluster.AuthExternal && rapid.Bool().Draw(t, "any")
			}
		}
		got, err := driver.ParseDSN(cfg.FormatDSN())
		require.NoError(t, err, cfg.FormatDSN())
		require.Equal(t, cfg, got, cfg.FormatDSN())
	})
}

func TestPasswordsAreNotShown(t *testing.T) {
	const secret = "hunter2"
	cfg, err := driver.ParseDSN("aerospike://me:" + secret + "@h/ns")
	require.NoError(t, err)
	require.EqualValues(t, secret, cfg.Password)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "cfg", cfg, "password", cfg.Password, "pointer", &cfg)
	inJSON, err := json.Marshal(cfg.Password)
	require.NoError(t, err)
	for _, shown := range []string{
		cfg.String(), fmt.Sprint(cfg), fmt.Sprintf("%v %+v %#v %s %q", cfg, cfg, cfg, cfg, cfg), fmt.Sprintf("%v %+v %#v", &cfg, &cfg, &cfg),
		fmt.Sprintf("%v %+v %#v %s %q", cfg.Password, cfg.Password, cfg.Password, cfg.Password, cfg.Password), log.String(), string(inJSON),
	} {
		require.NotContains(t, shown, secret)
		require.Contains(t, shown, "redacted")
	}
	for _, dsn := range []string{
		"aerospike://me:hunter2@h:x/ns", "aerospike://me:hunter2@h/ns?nothing=1", "aerospike://me:1/hunter2@h/ns", "aerospike://me:1?hunter2@h/ns",
		"aerospike://me:hunter2%@h/ns", "aerospike://me@x:hunter2@@h:y/ns", "aerospike://me:hunter2@/ns", "aerospike+mem://me:hunter2@h/ns", "aero://me:hunter2@h/ns",
	} {
		_, err := driver.ParseDSN(dsn)
		require.Error(t, err, dsn)
		require.NotContains(t, err.Error(), secret, dsn)
	}
}

func FuzzParseDSN(f *testing.F) {
	for _, dsn := range []string{
		"aerospike://me:p%40ss@a:1,[::1]:3000/ns?timeout=1s&scan=deny&ttl=24h", "aerospike+mem://x/test?tx=autocommit",
		"aerospike://h/n?" + strings.Repeat("a=b&", 1000), "aerospike://h/n?timeuot=1s", "aerospike://" + strings.Repeat("h,", 1000) + "h/n",
		"aerospike://u:p@@h/n", "aerospike://h/n?app_id=%zz", "aerospike://h/n?a=b;c=d", "aerospike://u:p@h:name:1/n?tls=true&tls_ca=%2Fca.pem&auth=external", "aerospike://h/n?replica=&replica=",
	} {
		f.Add(dsn)
	}
	f.Fuzz(func(t *testing.T, dsn string) {
		var cfg driver.Config
		var err error
		wiretest.Bounded(t, len(dsn), wiretest.Bytes, func() { cfg, err = driver.ParseDSN(dsn) })
		if err != nil {
			require.ErrorIs(t, err, driver.ErrConfig)
			require.Less(t, len(err.Error()), 1000)
			return
		}
		again, err := driver.ParseDSN(cfg.FormatDSN())
		require.NoError(t, err)
		require.Equal(t, cfg, again)
	})
}

// Parsing a long data source name uses memory in proportion to its length.
func TestDSNsThatCostMost(t *testing.T) {
	const size = 1 << 20
	for name, dsn := range map[string]string{
		"addresses":  "aerospike://" + strings.Repeat("h,", size/2) + "h/n",
		"as many":    "aerospike://" + strings.Repeat("h,", 1023) + "h/n",
		"keys":       "aerospike://h/n?" + strings.Repeat("a&", size/2),
		"empty keys": "aerospike://h/n?" + strings.Repeat("&", size),
		"a key":      "aerospike://h/n?" + strings.Repeat("t", size),
		"a value":    "aerospike://h/n?app_id=" + strings.Repeat("t", size),
		"a password": "aerospike://u:" + strings.Repeat("p", size) + "@h/n",
		"escapes":    "aerospike://u:" + strings.Repeat("%40", size/3) + "@h/n",
		"a host":     "aerospike://" + strings.Repeat("h", size) + "/n",
		"a name":     "aerospike://h/" + strings.Repeat("n", size),
		"a scheme":   strings.Repeat("a", size) + "://h/n",
	} {
		t.Run(name, func(t *testing.T) {
			wiretest.Bounded(t, len(dsn), wiretest.Bytes, func() { _, _ = driver.ParseDSN(dsn) })
		})
	}
}

func TestOpen(t *testing.T) {
	_, err := sql.Open("aerospike", "aerospike://h/ns?scans=deny")
	require.ErrorIs(t, err, driver.ErrConfig)

	db, err := sql.Open("aerospike", "")
	require.NoError(t, err, "tracing packages open an empty name to get at a driver")
	defer db.Close()
	require.ErrorIs(t, db.Ping(), driver.ErrConfig)
	require.IsType(t, &driver.Driver{}, db.Driver())

	unreachable, err := sql.Open("aerospike", "aerospike://127.0.0.1:1/test?connect_timeout=100ms")
	require.NoError(t, err)
	defer unreachable.Close()
	require.ErrorIs(t, unreachable.Ping(), cluster.ErrConnect)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.True(t, errors.Is(unreachable.PingContext(ctx), context.Canceled))
}
