package integration

import (
	"crypto/tls"
	"strconv"
	"strings"
	"testing"

	as "github.com/aerospike/aerospike-client-go/v8"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
)

// TestOfficialClientTLS connects the official client over TLS, in each of its authentication modes,
// to a devserver of two nodes.
func TestOfficialClientTLS(t *testing.T) {
	authority, err := devserver.NewAuthority()
	require.NoError(t, err)
	certificate, err := authority.Issue("db.test")
	require.NoError(t, err)
	robot, err := authority.Issue("robot")
	require.NoError(t, err)
	server, err := devserver.Start(devserver.Options{
		Nodes: 2, Edition: devserver.Enterprise, Listen: "127.0.0.1:0",
		TLS: &devserver.TLSOptions{Name: "db.test", Config: &tls.Config{
			Certificates: []tls.Certificate{certificate}, ClientCAs: authority.Pool(), ClientAuth: tls.VerifyClientCertIfGiven,
		}},
		Security: &devserver.SecurityOptions{
			Users: []devserver.UserOptions{
				{Name: "me", Password: "secret", Roles: []string{"read-write"}}, {Name: "robot", ByCertificate: true, Roles: []string{"read-write"}},
			},
			External: func(user, password string) ([]string, bool) {
				return []string{"read-write"}, user == "ann" && password == "ldap"
			},
		},
	})
	require.NoError(t, err)
	defer server.Close()
	host, name, port := splitSeed(t, server.TLSSeeds()[0])
	for mode, change := range map[string]func(*as.ClientPolicy){
		"internal": func(p *as.ClientPolicy) { p.User, p.Password = "me", "secret" },
		"external": func(p *as.ClientPolicy) { p.User, p.Password, p.AuthMode = "ann", "ldap", as.AuthModeExternal },
		"PKI": func(p *as.ClientPolicy) {
			p.AuthMode = as.AuthModePKI
			p.TlsConfig.Certificates = []tls.Certificate{robot}
		},
	} {
		policy := as.NewClientPolicy()
		policy.TlsConfig = &tls.Config{RootCAs: authority.Pool()}
		change(policy)
		seed := as.NewHost(host, port)
		seed.TLSName = name
		client, err := as.NewClientWithPolicyAndHost(policy, seed)
		require.NoError(t, err, mode)
		require.Len(t, client.GetNodes(), 2, "%s: the other node is learned with its TLS name", mode)
		for i := range 20 {
			key, err := as.NewKey("test", "demo", i)
			require.NoError(t, err)
			require.NoError(t, client.Put(nil, key, as.BinMap{"mode": mode}), mode)
			record, err := client.Get(nil, key)
			require.NoError(t, err, mode)
			require.Equal(t, mode, record.Bins["mode"])
		}
		client.Close()
	}
}

// splitSeed splits "host:tls-name:port".
func splitSeed(t *testing.T, seed string) (host, name string, port int) {
	parts := strings.Split(seed, ":")
	require.Len(t, parts, 3)
	port, err := strconv.Atoi(parts[2])
	require.NoError(t, err)
	return parts[0], parts[1], port
}
