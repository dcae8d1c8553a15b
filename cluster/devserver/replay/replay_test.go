package replay_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/replay"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A log collects log messages.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

const password = "a secret password"

// cluster3 starts a cluster of three nodes with a user.
func cluster3(t *testing.T) *devserver.Server {
	return devserver.RunT(t, devserver.Options{
		Nodes: 3, Listen: "127.0.0.1:0", Edition: devserver.Enterprise, Namespaces: []devserver.NamespaceOptions{{Name: "test", StrongConsistency: true}},
		Security: &devserver.SecurityOptions{Users: []devserver.UserOptions{{Name: "ann", Password: password, Roles: []string{"superuser"}}}},
	})
}

func key(i any) protocol.Key { return protocol.MustKey("test", "demo", i) }

// work uses a cluster as a program does, and returns what it saw: reads and writes over several
// connections at the same time, operations, batches, queries, errors, transactions, info commands.
func work(t *testing.T, seed string) string {
	ctx := context.Background()
	client, err := cluster.Open(ctx, cluster.Config{Seeds: []string{seed}, User: "ann", Password: password, Coalesce: cluster.CoalesceOff})
	require.NoError(t, err)
	defer func() { require.NoError(t, client.Close()) }()
	var saw strings.Builder
	say := func(values ...any) { fmt.Fprintln(&saw, values...) }
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := range 5 {
				n := 10*w + i
				bins := protocol.Bins{
					protocol.NewBin("n", 7000+n), protocol.NewBin("name", fmt.Sprint("private text ", n)),
					protocol.NewBin("list", []any{n, "private item", 2.5, map[string]any{"private key": []byte("private blob")}}),
				}
				if err := client.Put(ctx, &cluster.WritePolicy{SendKey: true}, key(fmt.Sprint("private user ", n)), bins); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	for i := range 5 {
		rec, err := client.Get(ctx, nil, key(fmt.Sprint("private user ", i)))
		say(rec, err)
	}
	_, err = client.Get(ctx, nil, key("nobody"))
	say(errors.Is(err, protocol.KeyNotFound))
	rec, err := client.Operate(ctx, nil, key("private user 1"), cdt.ListAppend("list", protocol.String("private end")), protocol.GetBin("list"))
	say(rec, err)
	rec, err = client.Get(ctx, nil, key("private user 1"), "list")
	say(rec, err)
	keys := []protocol.Key{key("private user 2"), key("private user 3"), key("nobody"), key("private user 11")}
	rows, err := client.BatchRead(ctx, nil, keys, "name")
	for _, row := range rows {
		say(row.Record, row.Err)
	}
	say(err)
	var found []string
	for rec, err := range client.Query(ctx, nil, cluster.Statement{Namespace: "test", Set: "demo"}) {
		require.NoError(t, err)
		found = append(found, rec.Key.String(), fmt.Sprint(rec.Bins))
	}
	slices.Sort(found)
	say(found)
	say(client.Transact(ctx, nil, func(ctx context.Context) error {
		return client.Put(ctx, &cluster.WritePolicy{}, key("private user 4"), protocol.Bins{protocol.NewBin("n", 1)})
	}))
	users, err := admin.New(client).QueryUsers(ctx, nil)
	say(len(users), err)
	values, err := client.Info(ctx, nil, "build", "edition")
	say(values, err)
	return saw.String()
}

// record records work on the cluster and returns the recording and what work returned.
func record(t *testing.T, upstream *devserver.Server, redact bool) (file []byte, addresses []string, saw string) {
	var out bytes.Buffer
	p, err := replay.StartProxy(context.Background(), replay.ProxyOptions{Listen: "127.0.0.1:0", Upstream: upstream.Seeds()[0], Record: &out, Redact: redact})
	require.NoError(t, err)
	saw = work(t, p.Addresses()[0])
	addresses = p.Addresses()
	require.NoError(t, p.Close())
	return out.Bytes(), addresses, saw
}

func read(t *testing.T, file []byte) *replay.Recording {
	rec, err := replay.Read(bytes.NewReader(file))
	require.NoError(t, err)
	return rec
}

// TestReplay records a program on a cluster and runs it on the recording: it sees the same, and
// every request is in the recording.
func TestReplay(t *testing.T) {
	upstream := cluster3(t)
	file, addresses, saw := record(t, upstream, false)
	require.Len(t, addresses, 3, "the proxy stands for each node")
	for _, seed := range upstream.Seeds() {
		require.NotContains(t, string(file), hex.EncodeToString([]byte(seed)), "no client gets the address of a node")
	}
	var text log
	server, err := replay.Start(read(t, file), devserver.Options{Listen: "127.0.0.1:0", Logger: slog.New(slog.NewTextHandler(&text, nil))})
	require.NoError(t, err)
	defer server.Close()
	require.Equal(t, saw, work(t, server.Seeds()[0]))
	require.Empty(t, text.String())
}

// exchange sends a request on a new connection and reads n bytes of the answer.
func exchange(t *testing.T, address string, request []byte, n int) []byte {
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = conn.Write(request)
	require.NoError(t, err)
	answer := make([]byte, n)
	_, err = io.ReadFull(conn, answer)
	require.NoError(t, err)
	return answer
}

// TestReplayIsExact sends every recorded request, in order, to a server at the same addresses, and
// compares the answers byte for byte.
func TestReplayIsExact(t *testing.T) {
	file, _, _ := record(t, cluster3(t), false)
	rec := read(t, file)
	var kinds []string
	server, err := replay.Start(rec, devserver.Options{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer server.Close()
	places := make(map[string]string)
	for i, n := range rec.Nodes {
		places[n.Address] = server.Seeds()[i]
	}
	for _, x := range rec.Exchanges {
		want := x.Answer
		if x.Kind == "info" {
			// The addresses are those of the server. They have the same length unless a port has
			// another number of digits.
			text := string(want[8:])
			for recorded, now := range places {
				text = strings.ReplaceAll(text, recorded, "<"+now)
			}
			text = strings.ReplaceAll(text, "<", "")
			want = append(append([]byte{}, want[:6]...), byte(len(text)>>8), byte(len(text)))
			want = append(want, text...)
		}
		require.Equal(t, want, exchange(t, server.Seeds()[x.Node], x.Request, len(want)), "%s %s", x.Kind, x.About)
		kinds = append(kinds, x.Kind)
	}
	slices.Sort(kinds)
	require.Equal(t, []string{"admin", "batch", "info", "query", "read", "write"}, slices.Compact(kinds))
}

// TestRedacted checks that a redacted recording has none of the texts of keys, values, passwords
// and digests, that lengths and types stay, and that it can be replayed.
func TestRedacted(t *testing.T) {
	upstream := cluster3(t)
	file, _, _ := record(t, upstream, true)
	rec := read(t, file)
	require.True(t, rec.Redacted)
	digest := key("private user 1").Digest()
	for _, x := range rec.Exchanges {
		for _, secret := range []string{"private", password, string(digest[2:])} {
			require.NotContains(t, string(x.Request), secret, x.About)
			require.NotContains(t, string(x.Answer), secret, x.About)
			require.NotContains(t, x.About, secret)
		}
	}
	server, err := replay.Start(rec, devserver.Options{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer server.Close()
	client, err := cluster.Open(context.Background(), cluster.Config{Seeds: server.Seeds()[:1], User: "ann", Password: "another", Coalesce: cluster.CoalesceOff})
	require.NoError(t, err)
	defer client.Close()
	got, err := client.Get(context.Background(), nil, key("private user 1"))
	require.NoError(t, err)
	require.Equal(t, `[{n 0} {name aaaaaaaaaaaaaa} {list [0, "aaaaaaaaaaab", 2, {"aaaaaaaaaaa": 0x616161616161616161616161}]}]`, fmt.Sprint(got.Bins))
}

// TestSecretsAreNeverRecorded checks recordings that are not redacted for passwords, in the clear
// and hashed, and for session tokens.
func TestSecretsAreNeverRecorded(t *testing.T) {
	file, _, _ := record(t, cluster3(t), false)
	logins := 0
	for _, x := range read(t, file).Exchanges {
		if x.Kind != "admin" {
			continue
		}
		require.NotContains(t, string(x.Request), "$2a$", "a hash")
		if strings.HasPrefix(x.About, "login ann") {
			logins++
			require.Contains(t, string(x.Request), strings.Repeat("\x00", 60), "the credential")
			require.Contains(t, string(x.Answer), strings.Repeat("\x00", 16), "the token")
		}
	}
	require.Positive(t, logins)
}

// TestMiss checks what a client and the log get for requests that the recording lacks.
func TestMiss(t *testing.T) {
	file, _, _ := record(t, cluster3(t), false)
	var text log
	server, err := replay.Start(read(t, file), devserver.Options{Listen: "127.0.0.1:0", Logger: slog.New(slog.NewTextHandler(&text, nil))})
	require.NoError(t, err)
	defer server.Close()
	ctx := context.Background()
	client, err := cluster.Open(ctx, cluster.Config{Seeds: server.Seeds()[:1], User: "ann", Password: password, Coalesce: cluster.CoalesceOff})
	require.NoError(t, err)
	defer client.Close()
	_, err = client.Get(ctx, nil, key("private user 1"), "other")
	require.ErrorIs(t, err, protocol.UnsupportedFeature)
	require.Contains(t, text.String(), `msg="request is not in the recording"`)
	require.Regexp(t, `kind=read request="test demo [0-9a-f]{40} read:other" nearest="test demo [0-9a-f]{40} read:list" line=\d+`, text.String())
	_, err = client.BatchRead(ctx, nil, []protocol.Key{key(1), key(2)})
	require.ErrorContains(t, err, "UNSUPPORTED_FEATURE")
	for _, err := range client.Query(ctx, nil, cluster.Statement{Namespace: "test", Set: "other"}) {
		require.ErrorIs(t, err, protocol.UnsupportedFeature)
	}
	values, err := client.Info(ctx, nil, "edition", "sets")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"edition": "Aerospike Enterprise Edition", "sets": "ERROR:16:not in the recording"}, values)
	require.ErrorIs(t, admin.New(client).DropUser(ctx, nil, "bob"), protocol.UnsupportedFeature)
}

// TestFaultsInReplay checks that faults apply to a replay.
func TestFaultsInReplay(t *testing.T) {
	file, _, _ := record(t, cluster3(t), false)
	server, err := replay.Start(read(t, file), devserver.Options{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer server.Close()
	ctx := context.Background()
	client, err := cluster.Open(ctx, cluster.Config{Seeds: server.Seeds()[:1], User: "ann", Password: password, Coalesce: cluster.CoalesceOff})
	require.NoError(t, err)
	defer client.Close()
	get := func() error {
		_, err := client.Get(ctx, &cluster.ReadPolicy{MaxRetries: cluster.NoRetries}, key("private user 1"))
		return err
	}
	require.NoError(t, get())
	remove := server.Inject(devserver.Fault{On: devserver.Reads, Do: devserver.Refuse(protocol.DeviceOverload)})
	require.ErrorIs(t, get(), protocol.DeviceOverload)
	remove()
	remove = server.Inject(devserver.Fault{On: devserver.Reads, Count: 1, Do: devserver.CutAnswer(11)})
	defer remove()
	require.Error(t, get())
	require.NoError(t, get())
	_, err = server.Fork()
	require.ErrorContains(t, err, "can't be forked")
}

// TestClosedConnections checks that a connection that the node closed within an answer, and one
// that the client closed before it, are recorded and replayed.
func TestClosedConnections(t *testing.T) {
	upstream := devserver.RunT(t, devserver.Options{Listen: "127.0.0.1:0"})
	var out bytes.Buffer
	p, err := replay.StartProxy(context.Background(), replay.ProxyOptions{Listen: "127.0.0.1:0", Upstream: upstream.Seeds()[0], Record: &out})
	require.NoError(t, err)
	info := func(text string) []byte { return append([]byte{2, 1, 0, 0, 0, 0, 0, byte(len(text))}, text...) }
	remove := upstream.Inject(devserver.Fault{Match: func(r *devserver.Request) bool { return r.Asks("build") }, Do: devserver.CutAnswer(10)})
	defer remove()
	readAll := func(address string) string {
		conn, err := net.Dial("tcp", address)
		require.NoError(t, err)
		defer conn.Close()
		_, err = conn.Write(info("build\n"))
		require.NoError(t, err)
		answer, _ := io.ReadAll(conn)
		return string(answer)
	}
	cut := readAll(p.Addresses()[0])
	require.Len(t, cut, 10)
	require.NoError(t, p.Close())
	rec := read(t, out.Bytes())
	require.Len(t, rec.Exchanges, 1)
	require.Equal(t, "server", rec.Exchanges[0].End)
	server, err := replay.Start(rec, devserver.Options{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer server.Close()
	require.Equal(t, cut, readAll(server.Seeds()[0]))
}

// TestBadRecordings checks the errors for files that can't be replayed.
func TestBadRecordings(t *testing.T) {
	const header = `{"format":"aerosql recording","version":1,"time":"2026-05-01T12:00:00Z","redacted":false}` + "\n"
	const node = `{"node":0,"name":"A1","address":"127.0.0.1:3000"}` + "\n"
	for name, test := range map[string]struct{ file, want string }{
		"an empty file":       {"", "the file is empty"},
		"no JSON":             {"hello\n", "line 1: the first line must be a JSON object with format and version"},
		"another format":      {`{"format":"x","version":1}` + "\n", `line 1: the format is "x"`},
		"another version":     {strings.Replace(header, `"version":1`, `"version":9`, 1), "line 1: version 9 of the format; this program reads version 1"},
		"no time":             {`{"format":"aerosql recording","version":1}` + "\n", "line 1:"},
		"an unknown field":    {header + `{"nod":0}` + "\n", `unknown field "nod"`},
		"neither":             {header + "{}\n", "line 2: neither a node nor an exchange"},
		"a gap in the nodes":  {header + `{"node":1,"address":"a:1"}` + "\n", "line 2: node 1, but there are 0 nodes"},
		"no address":          {header + `{"node":0}` + "\n", "a node without an address"},
		"an unknown node":     {header + node + `{"n":1,"on":1,"request":"0201000000000000"}` + "\n", "line 3: an exchange with a node"},
		"odd hexadecimal":     {header + node + `{"n":1,"on":0,"request":"020"}` + "\n", "line 3: request:"},
		"half a request":      {header + node + `{"n":1,"on":0,"request":"0201000000000005"}` + "\n", "not one whole message"},
		"an unknown end":      {header + node + `{"n":1,"on":0,"request":"0201000000000000","end":"x"}` + "\n", `end is "x"`},
		"an incomplete line":  {header + node + `{"n":1,"on":0,"requ`, "line 3: the line is incomplete"},
		"text after the JSON": {header + node + `{"node":0,"address":"a:1"} {}` + "\n", "text after the JSON"},
	} {
		_, err := replay.Read(strings.NewReader(test.file))
		require.ErrorIs(t, err, replay.ErrFormat, name)
		require.ErrorContains(t, err, test.want, name)
	}
	_, err := replay.Start(read(t, []byte(header)), devserver.Options{})
	require.ErrorContains(t, err, "the recording has no nodes")
	_, err = replay.Open("nosuch.jsonl")
	require.ErrorContains(t, err, "nosuch.jsonl")
}
