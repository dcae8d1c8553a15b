package devserver

// A TB is the part of testing.TB that RunT and ForkT use.
type TB interface {
	Helper()
	Name() string
	Cleanup(func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// RunT starts a cluster for a test and closes it at the end of the test. Without options the
// cluster has one node, reachable only in memory, with the namespace "test". An error ends the
// test.
func RunT(t TB, options ...Options) *Server {
	t.Helper()
	var o Options
	switch len(options) {
	case 0:
	case 1:
		o = options[0]
	default:
		t.Fatalf("devserver.RunT: %d options, want at most one", len(options))
	}
	s, err := Start(o)
	if err != nil {
		t.Fatalf("devserver.RunT: %v", err)
	}
	closeAtEnd(t, s)
	return s
}

// ForkT forks the cluster for a test and closes the fork at the end of the test (see
// [Server.Fork]). Tests that share a filled server can so run in parallel without seeing each
// other's changes.
func (s *Server) ForkT(t TB) *Server {
	t.Helper()
	f, err := s.Fork()
	if err != nil {
		t.Fatalf("ForkT: %v", err)
	}
	closeAtEnd(t, f)
	return f
}

func closeAtEnd(t TB, s *Server) {
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing the devserver: %v", err)
		}
	})
}
