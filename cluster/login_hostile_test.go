package cluster_test

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// answers returns a dial function for an in-memory node that answers every admin message with the
// same bytes.
func answers(t *testing.T, answer []byte) func(context.Context, string, string) (net.Conn, error) {
	var wg sync.WaitGroup
	t.Cleanup(wg.Wait)
	return func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		wg.Go(func() {
			defer server.Close()
			buf := make([]byte, 1<<10)
			for {
				if _, err := server.Read(buf); err != nil {
					return
				}
				if _, err := server.Write(answer); err != nil {
					return
				}
			}
		})
		return client, nil
	}
}

// TestHostileLoginAnswers: an invalid response to a login closes the connection, and the sizes that
// it announces are not trusted.
func TestHostileLoginAnswers(t *testing.T) {
	head := func(result, fields byte) string {
		return string([]byte{0, result, 0, fields}) + strings.Repeat("\x00", 12)
	}
	frame := func(size int, body string) []byte {
		return append(wire.ProtoHeader{Type: wire.ProtoAdmin, Size: size}.AppendTo(nil), body...)
	}
	for name, answer := range map[string][]byte{
		"no session":       frame(16, head(0, 0)),
		"no body":          frame(0, ""),
		"short":            frame(3, "\x00\x00\x00"),
		"fields missing":   frame(16, head(0, 2)),
		"field too long":   frame(21, head(0, 1)+"\xff\xff\xff\xff\x05"),
		"empty token":      frame(21, head(0, 1)+"\x00\x00\x00\x01\x05"),
		"TTL of two bytes": frame(31, head(0, 2)+"\x00\x00\x00\x03\x05ab\x00\x00\x00\x04\x06abc"),
		"trailing":         frame(38, head(52, 0)+head(0, 0)+"abcdef"),
		"too large":        {2, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"a message":        append(wire.ProtoHeader{Type: wire.ProtoMessage, Size: 22}.AppendTo(nil), make([]byte, 22)...),
		"HTTP":             []byte("HTTP/1.1 400 Bad Request"),
		"TLS":              {0x15, 3, 1, 0, 2, 2, 40, 0},
	} {
		_, err := cluster.OpenWithHash(t.Context(), cluster.Config{Seeds: []string{"h"}, User: "u", Dial: answers(t, answer)}, hashOf("me"))
		require.ErrorIs(t, err, cluster.ErrConnect, name)
		require.NotErrorIs(t, err, cluster.ErrLogin, name)
		if name == "too large" {
			require.ErrorIs(t, err, protocol.ErrTooLarge)
		} else {
			require.ErrorIs(t, err, protocol.ErrMalformed, name)
		}
	}
	_, err := cluster.OpenWithHash(t.Context(), cluster.Config{Seeds: []string{"h"}, User: "u", Dial: answers(t, frame(16, head(77, 0)))}, hashOf("me"))
	require.ErrorIs(t, err, cluster.ErrLogin, "an unknown code is a refusal like any other")
	require.ErrorIs(t, err, protocol.ResultCode(77))
}

// TestLoginTimeout: LoginTimeout applies to a node that accepts the login request and never
// answers.
func TestLoginTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		silent := func(context.Context, string, string) (net.Conn, error) {
			client, server := net.Pipe()
			go func() {
				buf := make([]byte, 1<<10)
				for {
					if _, err := server.Read(buf); err != nil {
						server.Close()
						return
					}
				}
			}()
			return client, nil
		}
		began := time.Now()
		_, err := cluster.OpenWithHash(context.Background(), cluster.Config{Seeds: []string{"h"}, User: "u", Dial: silent, LoginTimeout: 7 * time.Second}, hashOf("me"))
		require.ErrorIs(t, err, cluster.ErrTimeout)
		require.ErrorContains(t, err, "the login timeout was reached")
		require.Equal(t, 7*time.Second, time.Since(began))
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, err = cluster.OpenWithHash(ctx, cluster.Config{Seeds: []string{"h"}, User: "u", Dial: silent}, hashOf("me"))
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

// TestCase31NoCredentialsForAnotherCluster: a server that reports another cluster's name gets no
// credentials (cases 31 and 51).
func TestCase31NoCredentialsForAnotherCluster(t *testing.T) {
	s := secureWith(t, devserver.Options{ClusterName: "other"})
	cfg := s.config("me")
	cfg.ClusterName = "mine"
	_, err := openAs(t.Context(), cfg)
	require.ErrorIs(t, err, cluster.ErrClusterName)
	require.Empty(t, s.count(wire.AdminLogin))

	s = secureWith(t, devserver.Options{ClusterName: "mine", Security: &devserver.SecurityOptions{}})
	cfg = s.config("admin")
	cfg.ClusterName = "mine"
	s.open(t, cfg)
}
