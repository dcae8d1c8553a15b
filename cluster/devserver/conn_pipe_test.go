package devserver

import (
	"bytes"
	"io"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPipeBuffersUnreadData(t *testing.T) {
	a, b := newPipe("127.0.0.1:3000")
	require.Equal(t, "127.0.0.1:3000", a.RemoteAddr().String())
	_, err := a.Write([]byte("one"))
	require.NoError(t, err)
	_, err = a.Write([]byte("two"))
	require.NoError(t, err)
	require.NoError(t, a.Close())
	all, err := io.ReadAll(b)
	require.NoError(t, err)
	require.Equal(t, "onetwo", string(all))
	_, err = b.Write([]byte("x"))
	require.ErrorIs(t, err, io.ErrClosedPipe)
	_, err = a.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.ErrClosedPipe)
}

func TestPipeTransfersMoreThanItsBuffer(t *testing.T) {
	a, b := newPipe("x")
	data := bytes.Repeat([]byte("0123456789"), streamLimit/4)
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := a.Write(data)
		require.NoError(t, err)
		a.Close()
	})
	got, err := io.ReadAll(b)
	require.NoError(t, err)
	require.True(t, bytes.Equal(data, got))
	wg.Wait()
}

func TestPipeDeadlines(t *testing.T) {
	a, b := newPipe("x")
	defer a.Close()
	defer b.Close()
	require.NoError(t, a.SetReadDeadline(time.Now().Add(time.Millisecond)))
	_, err := a.Read(make([]byte, 1))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	require.NoError(t, a.SetReadDeadline(time.Time{}))
	_, err = b.Write([]byte("x"))
	require.NoError(t, err)
	_, err = a.Read(make([]byte, 1))
	require.NoError(t, err)
	_, err = a.Write(make([]byte, streamLimit))
	require.NoError(t, err, "the buffer has room")
	require.NoError(t, a.SetDeadline(time.Now().Add(time.Millisecond)))
	n, err := a.Write([]byte("x"))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	require.Zero(t, n)
}
