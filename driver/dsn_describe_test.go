package driver_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/driver"
)

// Every key is described, with the default that the documentation of ParseDSN says, and with values
// that ParseDSN takes.
func TestKeysAreDescribed(t *testing.T) {
	source, err := os.ReadFile("dsn.go")
	require.NoError(t, err)
	quoted := regexp.MustCompile("`([^`]+)`")
	for _, key := range driver.DSNKeys() {
		require.NotEmpty(t, key.Meaning, key.Name)
		require.NotEmpty(t, key.Values, key.Name)
		line := regexp.MustCompile(`(?m)^//\t(?:tls_cert, )?` + key.Name + `(?:, tls_key)?(?:\n//)?\s+(\S*)`).FindStringSubmatch(string(source))
		require.NotNil(t, line, "the documentation of ParseDSN has no key %s", key.Name)
		if key.Default != "" {
			require.Equal(t, key.Default, line[1], key.Name)
		}
		with := map[string]string{
			"replica": "&racks=1", "tls_insecure_trust_any_server": "&tls=true", "auth": "&tls=true&tls_cert=c&tls_key=k", "racks": "&replica=prefer_rack",
		}[key.Name]
		values := []string{key.Default}
		for _, m := range quoted.FindAllStringSubmatch(key.Values, -1) {
			values = append(values, m[1])
		}
		for _, value := range values {
			if value == "" {
				continue
			}
			more := with
			if key.Name == "replica" && value != "prefer_rack" || key.Name == "tls_insecure_trust_any_server" && value == "false" {
				more = ""
			}
			_, err := driver.ParseDSN("aerospike://h/test?" + key.Name + "=" + strings.ReplaceAll(value, "=", "%3D") + more)
			require.NoError(t, err, "%s=%s", key.Name, value)
		}
	}
	require.True(t, strings.Contains(driver.DSNKeysMarkdown(), "| `timeout` * | `1s` |"))
}
