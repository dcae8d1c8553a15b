package encoding

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"testing"
	"time"
	"unicode"

	as "github.com/aerospike/aerospike-client-go/v8"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A recordingProxy forwards connections between the official client and a devserver and records the
// administration messages that the client sends.
type recordingProxy struct {
	listener net.Listener
	target   string
	recorded chan []byte
}

func newRecordingProxy(t *testing.T, options devserver.Options) *recordingProxy {
	options.Listen = "127.0.0.1:0"
	srv, err := devserver.Start(options)
	require.NoError(t, err)
	t.Cleanup(func() { srv.Close() })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &recordingProxy{l, srv.Seeds()[0], make(chan []byte, 16)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go p.relay(client)
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return p
}

// relay forwards the data in both directions.
func (p *recordingProxy) relay(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		io.Copy(client, server)
		client.Close()
	}()
	in := bufio.NewReader(client)
	for {
		frame := make([]byte, wire.ProtoHeaderSize)
		if _, err := io.ReadFull(in, frame); err != nil {
			return
		}
		h, err := wire.ParseProtoHeader(frame)
		if err != nil {
			return
		}
		frame = append(frame, make([]byte, h.Size)...)
		if _, err := io.ReadFull(in, frame[wire.ProtoHeaderSize:]); err != nil {
			return
		}
		if h.Type == wire.ProtoAdmin {
			p.recorded <- bytes.Clone(frame) // a copy, so that the receiver can change it while the original is forwarded
		}
		if _, err := server.Write(frame); err != nil {
			return
		}
	}
}

func (p *recordingProxy) host() *as.Host {
	return as.NewHost("127.0.0.1", p.listener.Addr().(*net.TCPAddr).Port)
}

// same requires that the client's next message equals our request. The official client sends a
// wrong field count for a new role (docs/wire-core.md#9).
func (p *recordingProxy) same(t require.TestingT, r wire.AdminRequest) {
	theirs := <-p.recorded
	ours, err := r.AppendMessage(nil)
	require.NoError(t, err)
	if r.Command == wire.AdminCreateRole {
		const fieldCount = wire.ProtoHeaderSize + 3
		theirs[fieldCount] = ours[fieldCount]
	}
	require.Equal(t, theirs, ours, "%v", r.Command)
}

func TestAdminRequestsMatchOfficialClient(t *testing.T) {
	p := newRecordingProxy(t, devserver.Options{})
	client, err := as.NewClientWithPolicyAndHost(as.NewClientPolicy(), p.host())
	require.NoError(t, err)
	defer client.Close()
	name := rapid.StringOfN(rapid.RuneFrom(nil, unicode.Letter, unicode.Digit, unicode.So), 1, 15, protocol.MaxUserLen)
	names := rapid.SliceOfN(name, 1, 4)
	addresses := rapid.SliceOfN(rapid.StringMatching(`[0-9a-f.:/]{1,9}`), 1, 3)
	rapid.Check(t, func(t *rapid.T) {
		n, list, quota := name.Draw(t, "name"), names.Draw(t, "names"), rapid.Uint32().Draw(t, "quota")
		ours, theirs := drawPrivileges(t)
		hosts := addresses.Draw(t, "addresses")

		// A Community server returns errors, which do not matter here.
		require.Error(t, client.DropUser(nil, n))
		p.same(t, wire.NewDropUser(n))
		require.Error(t, client.GrantRoles(nil, n, list))
		p.same(t, wire.NewGrantRoles(n, list))
		require.Error(t, client.RevokeRoles(nil, n, list))
		p.same(t, wire.NewRevokeRoles(n, list))
		require.Error(t, client.CreateRole(nil, n, theirs, hosts, quota, 7))
		p.same(t, wire.NewCreateRole(protocol.Role{Name: n, Privileges: ours, Allowlist: hosts, ReadQuota: quota, WriteQuota: 7}))
		require.Error(t, client.DropRole(nil, n))
		p.same(t, wire.NewDropRole(n))
		require.Error(t, client.GrantPrivileges(nil, n, theirs))
		p.same(t, wire.NewGrantPrivileges(n, ours))
		require.Error(t, client.RevokePrivileges(nil, n, theirs))
		p.same(t, wire.NewRevokePrivileges(n, ours))
		require.Error(t, client.SetWhitelist(nil, n, hosts))
		p.same(t, wire.NewSetAllowlist(n, hosts))
		require.Error(t, client.SetQuotas(nil, n, quota, 7))
		p.same(t, wire.NewSetQuotas(n, quota, 7))
		_, err := client.QueryUser(nil, n)
		require.Error(t, err)
		p.same(t, wire.NewQueryUsers(n))
		_, err = client.QueryRole(nil, n)
		require.Error(t, err)
		p.same(t, wire.NewQueryRoles(n))
	})
	_, err = client.QueryUsers(nil)
	require.Error(t, err)
	p.same(t, wire.NewQueryUsers(""))
	_, err = client.QueryRoles(nil)
	require.Error(t, err)
	p.same(t, wire.NewQueryRoles(""))
}

func drawPrivileges(t *rapid.T) (ours []protocol.Privilege, theirs []as.Privilege) {
	codes := rapid.SliceOfN(rapid.IntRange(0, 9), 1, 4).Draw(t, "codes")
	for _, i := range codes {
		known := []protocol.PrivilegeCode{0, 1, 2, 3, 4, 10, 11, 12, 13, 14}
		official := []as.Privilege{
			{Code: as.UserAdmin}, {Code: as.SysAdmin}, {Code: as.DataAdmin}, {Code: as.UDFAdmin}, {Code: as.SIndexAdmin},
			{Code: as.Read}, {Code: as.ReadWrite}, {Code: as.ReadWriteUDF}, {Code: as.Write}, {Code: as.Truncate},
		}
		p, q := protocol.Privilege{Code: known[i]}, official[i]
		if p.Code.Scoped() {
			if p.Namespace = rapid.StringN(0, 5, 31).Draw(t, "ns"); p.Namespace != "" {
				p.Set = rapid.StringN(0, 5, 63).Draw(t, "set")
			}
			q.Namespace, q.SetName = p.Namespace, p.Set
		}
		ours, theirs = append(ours, p), append(theirs, q)
	}
	return ours, theirs
}

// Hashing a password is slow, so there are only a few.
func TestPasswordHashesMatchOfficialClient(t *testing.T) {
	p := newRecordingProxy(t, devserver.Options{})
	client, err := as.NewClientWithPolicyAndHost(as.NewClientPolicy(), p.host())
	require.NoError(t, err)
	defer client.Close()
	for _, password := range []string{"", "p", "pässwörd", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"} {
		hash, err := protocol.Credential(password)
		require.NoError(t, err)
		require.Error(t, client.CreateUser(nil, "u", password, []string{"read"}))
		p.same(t, wire.NewCreateUser("u", hash, []string{"read"}))

		// The official client supports external authentication and client certificates only over
		// TLS.
		policy := as.NewClientPolicy()
		policy.User, policy.Password, policy.Timeout = "me", password, time.Second
		_, err = as.NewClientWithPolicyAndHost(policy, p.host())
		require.Error(t, err)
		for tries := 0; tries == 0 || len(p.recorded) > 0; tries++ {
			p.same(t, wire.NewLogin("me", hash))
		}
	}
}

// These messages need a session.
func TestSessionsMatchOfficialClient(t *testing.T) {
	p := newRecordingProxy(t, devserver.Options{Edition: devserver.Enterprise, Security: &devserver.SecurityOptions{}})
	policy := as.NewClientPolicy()
	policy.User, policy.Password = "admin", "admin"
	client, err := as.NewClientWithPolicyAndHost(policy, p.host())
	require.NoError(t, err)
	defer client.Close()
	// next returns the next message with a command, and its session token if it has one.
	next := func(command wire.AdminCommand) (frame, token []byte) {
		for {
			frame := <-p.recorded
			r, err := wire.ParseAdminRequest(frame[wire.ProtoHeaderSize:])
			require.NoError(t, err)
			if r.Command == command {
				token, _ = r.Field(wire.AdminFieldSessionToken)
				return frame, token
			}
		}
	}
	same := func(theirs []byte, r wire.AdminRequest) {
		ours, err := r.AppendMessage(nil)
		require.NoError(t, err)
		require.Equal(t, theirs, ours)
	}
	require.NoError(t, client.CreateUser(nil, "u", "p", nil))
	old, hashErr := protocol.Credential("admin")
	require.NoError(t, hashErr)
	hash, hashErr := protocol.Credential("new")
	require.NoError(t, hashErr)
	require.NoError(t, client.ChangePassword(nil, "u", "new"))
	frame, _ := next(wire.AdminSetPassword)
	same(frame, wire.NewSetPassword("u", hash))
	require.NoError(t, client.ChangePassword(nil, "admin", "new"))
	frame, _ = next(wire.AdminChangePassword)
	same(frame, wire.NewChangePassword("admin", old, hash))

	key, keyErr := as.NewKey("test", "demo", 1)
	require.NoError(t, plain(keyErr))
	_, err = client.Get(nil, key) // fails, but authenticates a new connection
	require.Error(t, err)
	frame, token := next(wire.AdminAuthenticate)
	require.NotEmpty(t, token)
	same(frame, wire.NewAuthenticate("admin", token))
}
