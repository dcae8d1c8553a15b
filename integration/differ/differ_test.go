package differ

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/protocol/wire"
)

// The set of the records. It is empty after the test.
const set = "differ"

// A server is a connection to one of the two servers.
type server struct{ conn net.Conn }

func connect(t *testing.T, address string) server {
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	return server{conn}
}

// ask sends a message and returns the body of the answer, nil if the server does not answer.
func (s server) ask(message []byte) []byte {
	if s.conn.SetDeadline(time.Now().Add(10*time.Second)) != nil {
		return nil
	}
	if _, err := s.conn.Write(message); err != nil {
		return nil
	}
	var head [wire.ProtoHeaderSize]byte
	if _, err := io.ReadFull(s.conn, head[:]); err != nil {
		return nil
	}
	h, err := wire.ParseProtoHeader(head[:])
	if err != nil {
		return nil
	}
	body := make([]byte, h.Size)
	if _, err := io.ReadFull(s.conn, body); err != nil {
		return nil
	}
	return body
}

// ping is an info request.
var ping = append(wire.ProtoHeader{Type: wire.ProtoInfo, Size: 5}.AppendTo(nil), "node\n"...)

// voidTime is the place of the void time in the header of an answer.
const voidTime = 10

// comparable returns an answer without the void time, which depends on the clock.
func comparable(body []byte) []byte {
	if body == nil {
		return nil
	}
	if v := binary.BigEndian.Uint32(body[voidTime:]); v != 0 && v != protocol.TTLNever {
		binary.BigEndian.PutUint32(body[voidTime:], 1)
	}
	return body
}

// show describes the operations of a command.
func show(ops []protocol.Operation, filter []byte) string {
	var b strings.Builder
	for _, o := range ops {
		text, err := cdt.Describe(o)
		if o.Code == protocol.OpExpRead || o.Code == protocol.OpExpModify {
			data, _ := o.Value.Bytes()
			if n, flags, err := exp.ParseOperation(data); err == nil {
				text = fmt.Sprintf("%v with flags %d", n, flags)
			}
		} else if err != nil {
			text = o.Value.String()
		}
		data, _ := o.Value.Bytes()
		fmt.Fprintf(&b, "  %v %q: %s %x\n", o.Code, o.Bin, text, data)
	}
	if n, err := exp.ParseNode(filter); filter != nil && err == nil {
		fmt.Fprintf(&b, "  filter %v\n", n)
	}
	return b.String()
}

// shown describes an answer.
func shown(body []byte) string {
	if body == nil {
		return "no answer"
	}
	var m wire.Message
	if _, err := m.Parse(body); err != nil {
		return fmt.Sprintf("%x", body)
	}
	text := fmt.Sprintf("%v generation %d", protocol.ResultCode(m.ResultCode), m.Generation)
	for _, op := range m.Ops {
		v, err := protocol.ParseParticle(op.Type, op.Data)
		text += fmt.Sprintf("\n    %s: %v (type %d, order %v, err %v) %x", op.Name, v, op.Type, v.Order(), err, op.Data)
	}
	return text
}

// TestAnswers sends AEROSQL_DIFFERENCES scenarios (100 by default) of random commands, from the
// seed AEROSQL_SEED on, to a devserver and to the server that AEROSQL_DIFFER names. Without a name
// the other server is a devserver of three nodes, which pass commands on to each other.
func TestAnswers(t *testing.T) {
	address := os.Getenv("AEROSQL_DIFFER")
	if address == "" {
		address = start(t, 3)
	}
	servers := [2]server{connect(t, address), connect(t, start(t, 1))}
	count, first := number("AEROSQL_DIFFERENCES", 100), number("AEROSQL_SEED", 1)
	commands, differences := 0, 0
	for seed := first; seed < first+count && differences < maxShown; seed++ {
		n, difference := scenario(t, newRandom(uint64(seed)), seed, servers)
		if commands += n; difference != "" {
			differences++
			t.Errorf("scenario %d: %s", seed, difference)
		}
		if servers[0].ask(ping) == nil {
			t.Fatalf("the server at %s does not answer any more", address)
		}
	}
	t.Logf("%d commands, %d differences", commands, differences)
}

// maxShown is the number of differences after which the test ends.
const maxShown = 5

// start starts a devserver and returns the address of its first node.
func start(t *testing.T, nodes int) string {
	s, err := devserver.Start(devserver.Options{Listen: "127.0.0.1:0", Nodes: nodes})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s.Seeds()[0]
}

func number(variable string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return n
	}
	return otherwise
}

// scenario runs a scenario and returns the number of its commands and the first difference.
func scenario(t *testing.T, r *random, seed int, servers [2]server) (commands int, difference string) {
	key := protocol.MustKey("test", set, seed)
	remove := wire.NewDelete(key)
	defer func() {
		for _, s := range servers {
			s.ask(message(t, &remove))
		}
	}()
	list := r.record()
	put := wire.NewWrite(protocol.OpWrite, key, list)
	for _, s := range servers {
		s.ask(message(t, &remove))
		s.ask(message(t, &put))
	}
	for range 8 {
		ops := make([]protocol.Operation, 1+r.IntN(3))
		for i := range ops {
			ops[i] = r.operation()
		}
		c := wire.NewOperate(key, ops, r.chance(2))
		if r.chance(3) {
			c.Filter = r.filter()
		}
		before := wire.NewRead(key)
		was := servers[0].ask(message(t, &before))
		commands++
		m, err := c.AppendMessage(nil, 0)
		if err != nil {
			continue // the client refuses it
		}
		want, got := comparable(servers[0].ask(m)), comparable(servers[1].ask(m))
		if string(want) == string(got) {
			all := wire.NewRead(key)
			want, got = comparable(servers[0].ask(message(t, &all))), comparable(servers[1].ask(message(t, &all)))
		}
		if string(want) != string(got) {
			return commands, fmt.Sprintf("the record was %s\ncommand:\n%s\nreal: %s\nhere: %s", shown(was), show(ops, c.Filter), shown(want), shown(got))
		}
	}
	return commands, ""
}

func message(t *testing.T, c *wire.Command) []byte {
	m, err := c.AppendMessage(nil, 0)
	require.NoError(t, err)
	return m
}
