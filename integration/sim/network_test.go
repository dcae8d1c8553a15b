package sim

import (
	"context"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// message returns a message with a token.
func message(t *testing.T, token Token) []byte {
	cmd := Command{Verb: Put, Key: 1}
	command := wire.NewWrite(protocol.OpWrite, key(1), cmd.bins(token))
	m, err := command.AppendMessage(nil, 0)
	require.NoError(t, err)
	return m
}

// wired connects a client through a network to a peer.
func wired(t *testing.T, faults ...Fault) (w *network, client, peer net.Conn) {
	near, far := net.Pipe()
	w = newNetwork(func(context.Context, string, string) (net.Conn, error) { return near, nil })
	w.faults = newInjector(&Plan{Seed: 1, Faults: faults}, nil)
	client, err := w.dial(t.Context(), "tcp", "anywhere")
	require.NoError(t, err)
	require.Equal(t, 1, w.connections())
	t.Cleanup(func() {
		client.Close()
		client.Close()
		far.Close()
		require.Zero(t, w.connections(), "closing twice counts once")
	})
	return w, client, far
}

// TestNetworkCountsSentMessages checks that a message counts as sent when its last byte was
// accepted, and not before, whatever the pieces are.
func TestNetworkCountsSentMessages(t *testing.T) {
	token := newToken(1, 2, 3)
	m := message(t, token)
	for _, piece := range []int{1, 7, len(m) - 1, len(m)} {
		w, client, peer := wired(t)
		go io.Copy(io.Discard, peer)
		for rest := m; len(rest) > 0; {
			require.Zero(t, w.sent[token])
			n, err := client.Write(rest[:min(piece, len(rest))])
			require.NoError(t, err)
			rest = rest[n:]
		}
		require.Equal(t, 1, w.sent[token])
		_, err := client.Write(append(m, m...))
		require.NoError(t, err)
		require.Equal(t, 3, w.sent[token])
	}
}

func TestNetworkMessageCutOff(t *testing.T) {
	token := newToken(1, 2, 3)
	m := message(t, token)
	w, client, peer := wired(t)
	go func() {
		io.ReadFull(peer, make([]byte, len(m)-1))
		peer.Close()
	}()
	before := w.tick()
	n, err := client.Write(m)
	require.Error(t, err)
	require.Equal(t, len(m)-1, n)
	require.Zero(t, w.sent[token])
	require.Greater(t, w.tried[token], before)
}

// TestNarrowLink checks that a deadline, even one set during the write, ends a write that is sent
// in pieces.
func TestNarrowLink(t *testing.T) {
	token := newToken(1, 2, 3)
	narrow := Fault{Kind: NarrowLink, Node: -1, To: time.Hour, Every: 1, N: 10, Delay: time.Second}
	synctest.Test(t, func(t *testing.T) {
		m := message(t, token)
		whole := time.Duration((len(m)-1)/10) * time.Second
		for _, deadline := range []time.Duration{0, 2500 * time.Millisecond} {
			w, client, peer := wired(t, narrow)
			go io.Copy(io.Discard, peer)
			start := time.Now()
			if deadline > 0 {
				client.SetDeadline(start.Add(time.Hour))
				time.AfterFunc(deadline, func() { client.SetDeadline(time.Unix(1, 0)) })
			}
			n, err := client.Write(m)
			if deadline == 0 {
				require.NoError(t, err)
				require.Equal(t, whole, time.Since(start))
				require.Equal(t, 1, w.sent[token])
				continue
			}
			require.Error(t, err)
			require.Equal(t, 30, n)
			require.Equal(t, deadline, time.Since(start))
			require.Zero(t, w.sent[token])
			require.Len(t, w.faults.strikes[token], 1)
		}
	})
}

// TestSilentConnection checks a connection that accepts everything, never responds, and eventually
// breaks.
func TestSilentConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		token := newToken(1, 2, 3)
		w, client, _ := wired(t, Fault{Kind: SilentConnect, Node: -1, To: time.Second, Every: 1})
		_, err := client.Write(message(t, token))
		require.NoError(t, err)
		require.Equal(t, 1, w.sent[token])
		start := time.Now()
		_, err = client.Read(make([]byte, 1))
		require.Error(t, err)
		require.Equal(t, time.Second, time.Since(start))
		_, err = client.Write([]byte{1})
		require.Error(t, err)
	})
}
