package encoding

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	as "github.com/aerospike/aerospike-client-go/v8"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// An eavesdropper stands between the official client and a devserver and keeps the
// administration messages that the client sends.
type eavesdropper struct {
	listener net.Listener
	target   string
	heard    chan []byte
}

func newEavesdropper(t *testing.T, options devserver.Options) *eavesdropper {
	options.Listen = "127.0.0.1:0"
	srv, err := devserver.Start(options)
	require.NoError(t, err)
	t.Cleanup(func() { srv.Close() })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	e := &eavesdropper{l, srv.Seeds()[0], make(chan []byte, 16)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go e.relay(client)
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return e
}

// relay passes everything on in both directions.
func (e *eavesdropper) relay(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", e.target)
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
			e.heard <- bytes.Clone(frame) // the listener may change it while it is passed on
		}
		if _, err := server.Write(frame); err != nil {
			return
		}
	}
}

func (e *eavesdropper) host() *as.Host {
	return as.NewHost("127.0.0.1", e.listener.Addr().(*net.TCPAddr).Port)
}

// same holds what the official client has sent against our request. It counts the fields of a new role wrongly (docs/wire-core.md#9).
func (e *eavesdropper) same(t require.TestingT, r wire.AdminRequest) {
	theirs := <-e.heard
	ours, err := r.AppendMessage(nil)
	require.NoError(t, err)
	if r.Command == wire.AdminCreateRole {
		const fieldCount = wire.ProtoHeaderSize + 3
		theirs[fieldCount] = ours[fieldCount]
	}
	require.Equal(t, theirs, ours, "%v", r.Command)
}

func TestAdminRequestsAreTheOfficialOnes(t *testing.T) {
	e := newEavesdropper(t, devserver.Options{})
	client, err := as.NewClientWithPolicyAndHost(as.NewClientPolicy(), e.host())
	require.NoError(t, err)
	defer client.Close()
	name := rapid.StringN(1, 15, protocol.MaxUserLen)
	names := rapid.SliceOfN(name, 1, 4)
	addresses := rapid.SliceOfN(rapid.StringMatching(`[0-9a-f.:/]{1,9}`), 1, 3)
	rapid.Check(t, func(t *rapid.T) {
		n, list, quota := name.Draw(t, "name"), names.Draw(t, "names"), rapid.Uint32().Draw(t, "quota")
		ours, theirs := drawPrivileges(t)
		hosts := addresses.Draw(t, "addresses")

		// The errors are those of a Community server, to which the bytes do not matter.
		require.Error(t, client.DropUser(nil, n))
		e.same(t, wire.NewDropUser(n))
		require.Error(t, client.GrantRoles(nil, n, list))
		e.same(t, wire.NewGrantRoles(n, list))
		require.Error(t, client.RevokeRoles(nil, n, list))
		e.same(t, wire.NewRevokeRoles(n, list))
		require.Error(t, client.CreateRole(nil, n, theirs, hosts, quota, 7))
		e.same(t, wire.NewCreateRole(protocol.Role{Name: n, Privileges: ours, Allowlist: hosts, ReadQuota: quota, WriteQuota: 7}))
		require.Error(t, client.DropRole(nil, n))
		e.same(t, wire.NewDropRole(n))
		require.Error(t, client.GrantPrivileges(nil, n, theirs))
		e.same(t, wire.NewGrantPrivileges(n, ours))
		require.Error(t, client.RevokePrivileges(nil, n, theirs))
		e.same(t, wire.NewRevokePrivileges(n, ours))
		require.Error(t, client.SetWhitelist(nil, n, hosts))
		e.same(t, wire.NewSetAllowlist(n, hosts))
		require.Error(t, client.SetQuotas(nil, n, quota, 7))
		e.same(t, wire.NewSetQuotas(n, quota, 7))
		_, err := client.QueryUser(nil, n)
		require.Error(t, err)
		e.same(t, wire.NewQueryUsers(n))
		_, err = client.QueryRole(nil, n)
		require.Error(t, err)
		e.same(t, wire.NewQueryRoles(n))
	})
	_, err = client.QueryUsers(nil)
	require.Error(t, err)
	e.same(t, wire.NewQueryUsers(""))
	_, err = client.QueryRoles(nil)
	require.Error(t, err)
	e.same(t, wire.NewQueryRoles(""))
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

// Passwords take their time to hash, so these are few.
func TestPasswordsAreHashedAsTheOfficialClientDoes(t *testing.T) {
	e := newEavesdropper(t, devserver.Options{})
	client, err := as.NewClientWithPolicyAndHost(as.NewClientPolicy(), e.host())
	require.NoError(t, err)
	defer client.Close()
	for _, password := range []string{"", "p", "pässwörd", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789, and what is behind it"} {
		hash, err := protocol.Credential(password)
		require.NoError(t, err)
		require.Error(t, client.CreateUser(nil, "u", password, []string{"read"}))
		e.same(t, wire.NewCreateUser("u", hash, []string{"read"}))

		// The official client logs in by an external authority or by certificate over TLS only.
		policy := as.NewClientPolicy()
		policy.User, policy.Password, policy.Timeout = "me", password, time.Second
		_, err = as.NewClientWithPolicyAndHost(policy, e.host())
		require.Error(t, err)
		for tries := 0; tries == 0 || len(e.heard) > 0; tries++ {
			e.same(t, wire.NewLogin("me", hash))
		}
	}
}

// The messages that only who has logged in sends.
func TestSessionsAndPasswordsAreTheOfficialOnes(t *testing.T) {
	e := newEavesdropper(t, devserver.Options{Edition: devserver.Enterprise, Security: &devserver.SecurityOptions{}})
	policy := as.NewClientPolicy()
	policy.User, policy.Password = "admin", "admin"
	client, err := as.NewClientWithPolicyAndHost(policy, e.host())
	require.NoError(t, err)
	defer client.Close()
	// next is the next message of a command, and its session token if it has one.
	next := func(command wire.AdminCommand) (frame, token []byte) {
		for {
			frame := <-e.heard
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
	_, err = client.Get(nil, key) // refused, on a connection of its own
	require.Error(t, err)
	frame, token := next(wire.AdminAuthenticate)
	require.NotEmpty(t, token)
	same(frame, wire.NewAuthenticate("admin", token))
}
