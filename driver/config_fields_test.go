package driver_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
)

// fieldKeys are the fields of a driver.Config and their keys in data source names. A key of ""
// marks a part of the name before the question mark.
var fieldKeys = map[string]string{
	"Seeds": "", "InProcess": "", "Namespace": "", "User": "", "Password": "",
	"AuthMode": "auth", "TLS": "tls", "TLSFiles": "tls_ca", "TLSName": "tls_name", "TLSTrustAnyServer": "tls_insecure_trust_any_server",
	"ClusterName": "cluster_name", "AppID": "app_id", "AlternateAddresses": "alternate_addresses", "Timeout": "timeout",
	"SocketTimeout": "socket_timeout", "ConnectTimeout": "connect_timeout", "LoginTimeout": "login_timeout", "TimeoutDelay": "timeout_delay",
	"TendInterval": "tend_interval", "IdleTimeout": "idle_timeout", "MaxConns": "max_conns", "MinConns": "min_conns", "MaxQueue": "max_queue",
	"MaxRetries": "max_retries", "RetryPause": "retry_pause", "RetryPauseFactor": "retry_pause_factor", "MaxErrorRate": "max_error_rate",
	"ErrorRateWindow": "error_rate_window", "RetryPercent": "retry_percent", "RetryReserve": "retry_reserve", "Replica": "replica",
	"Racks": "racks", "ReadModeAP": "read_mode_ap", "ReadModeSC": "read_mode_sc", "RecordsPerSecond": "records_per_second",
	"Compress": "compress", "CompressThreshold": "compress_threshold", "NoCoalesce": "coalesce", "IPMap": "ip_map",
	"OpenUnconnected": "open_unconnected", "Metrics": "metrics", "NoSendKey": "send_key", "TTL": "ttl", "DurableDelete": "durable_delete",
	"CommitLevel": "commit", "DenyScan": "scan", "MemoryLimit": "memory_limit", "NotAtomic": "atomic", "LateBins": "late_bins",
	"IndexIntegers": "index_numbers", "DisabledRules": "disable_rules", "Dialect": "dialect", "Tx": "tx", "Collections": "collections", "LocalFiles": "local_files",
	"LogStatements": "log_statements", "SlowStatement": "slow_statement", "LogArguments": "log_arguments",
}

// noKeys are the fields that can't be text.
var noKeys = []string{"Dial", "LookupHost", "Logger", "Observer", "AfterConnect", "OnStatement", "FinishAggregate"}

// Every field of a Config has a key, and keeps its value when a data source name is made of it.
func TestEveryFieldHasAKey(t *testing.T) {
	of := reflect.TypeFor[driver.Config]()
	for i := range of.NumField() {
		name := of.Field(i).Name
		key, has := fieldKeys[name]
		if !has {
			require.Contains(t, noKeys, name, "the field %s has no key", name)
			continue
		}
		if key == "" {
			continue
		}
		cfg := driver.Config{Seeds: []string{"h"}}
		setField(t, &cfg, name)
		dsn := cfg.FormatDSN()
		require.Contains(t, dsn, key+"=", "the field %s is not in the name", name)
		again, err := driver.ParseDSN(dsn)
		require.NoError(t, err, dsn)
		require.Equal(t, cfg, again, dsn)
	}
}

// setField sets a field to a value that is not its default, and what the field needs.
func setField(t *testing.T, cfg *driver.Config, name string) {
	field := reflect.ValueOf(cfg).Elem().FieldByName(name)
	switch name {
	case "TLSFiles":
		field.Set(reflect.ValueOf(cluster.TLSFiles{CA: "/ca.pem"}))
	case "Replica":
		field.Set(reflect.ValueOf(cluster.ReplicaMaster))
	case "Racks":
		cfg.Replica, cfg.Racks = cluster.ReplicaPreferRack, []int{2, 1}
	case "IPMap":
		cfg.IPMap = map[string]string{"10.0.0.1": "::1", "10.0.0.2": "b.example.com"}
	default:
		switch field.Kind() {
		case reflect.Bool:
			field.SetBool(true)
		case reflect.String:
			field.SetString("a b")
		case reflect.Float64:
			field.SetFloat(1.5)
		case reflect.Int, reflect.Int64:
			field.SetInt(int64(time.Second))
			if field.Kind() == reflect.Int {
				field.SetInt(7)
			}
		case reflect.Uint8, reflect.Uint16, reflect.Uint32:
			field.SetUint(1)
		default:
			require.Fail(t, "no value for a field", "%s of kind %s", name, field.Kind())
		}
	}
	if strings.HasPrefix(name, "TLS") || name == "AuthMode" {
		cfg.TLS = true
	}
}

// Every field of a cluster.Config can be set by a driver.Config.
func TestEveryOptionOfTheEngineIsReachable(t *testing.T) {
	fields := map[string]string{
		"Seeds": "Seeds", "ClusterName": "ClusterName", "User": "User", "Password": "Password", "AuthMode": "AuthMode", "TLS": "TLSFiles",
		"TLSName": "TLSName", "LoginTimeout": "LoginTimeout", "ConnectTimeout": "ConnectTimeout", "TendInterval": "TendInterval",
		"MaxConnsPerNode": "MaxConns", "MinConnsPerNode": "MinConns", "MaxQueuePerNode": "MaxQueue", "IdleTimeout": "IdleTimeout", "MaxErrorRate": "MaxErrorRate",
		"ErrorRateWindow": "ErrorRateWindow", "RetryPercent": "RetryPercent", "RetryReserve": "RetryReserve",
		"UseAlternateAddresses": "AlternateAddresses", "IPMap": "IPMap", "OpenUnconnected": "OpenUnconnected", "RackIDs": "Racks",
		"AppID": "AppID", "Coalesce": "NoCoalesce", "Dial": "Dial", "LookupHost": "LookupHost", "Policies": "Timeout", "Logger": "Logger",
		"Metrics": "Metrics", "Observer": "Observer",
	}
	of, in := reflect.TypeFor[cluster.Config](), reflect.TypeFor[driver.Config]()
	for i := range of.NumField() {
		name := of.Field(i).Name
		own, has := fields[name]
		require.True(t, has, "cluster.Config.%s can't be set by a driver.Config", name)
		_, exists := in.FieldByName(own)
		require.True(t, exists, own)
	}
}

func TestParseDSNAllow(t *testing.T) {
	cfg, err := driver.ParseDSNAllow("aerospike://me:secret@h/ns?timeout=2s&scan=deny", driver.SafeKeys()...)
	require.NoError(t, err)
	require.Equal(t, driver.Config{Seeds: []string{"h"}, Namespace: "ns", User: "me", Password: "secret", Timeout: 2 * time.Second, DenyScan: true}, cfg)

	for dsn, want := range map[string]string{
		"aerospike://h/ns?tls=true&tls_ca=%2Fetc%2Fpasswd":               "the key tls_ca is not allowed here; the keys are timeout,",
		"aerospike://h/ns?tls=true&tls_insecure_trust_any_server=true":   "the key tls_insecure_trust_any_server is not allowed here",
		"aerospike://h/ns?ip_map=a=b":                                    "the key ip_map is not allowed here",
		"aerospike://me:secret@h/ns?log_statements=true&log_arguments=1": "the key log_statements is not allowed here",
		"aerospike+mem://name/ns":                                        "an in-process cluster is not allowed here",
		"aerospike://h/ns?tiemout=2s":                                    "did you mean timeout?",
	} {
		_, err := driver.ParseDSNAllow(dsn, driver.SafeKeys()...)
		require.ErrorIs(t, err, driver.ErrConfig, dsn)
		require.ErrorContains(t, err, want, dsn)
		require.NotContains(t, err.Error(), "secret")
	}
	_, err = driver.ParseDSNAllow("aerospike://h/ns?timeout=2s")
	require.ErrorContains(t, err, "the key timeout is not allowed here")
	_, err = driver.ParseDSNAllow("aerospike://h/ns", "time_out")
	require.ErrorContains(t, err, `there is no key "time_out"; did you mean timeout?`)

	keys := slices.Collect(maps.Values(fieldKeys))
	for _, key := range driver.SafeKeys() {
		require.Contains(t, keys, key)
	}
}
