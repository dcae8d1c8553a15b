package devserver

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// A journal keeps the state of a cluster in a directory. The file log-N has every change since the
// snapshot-N was begun. A change is added to a buffer when it is made, with the partition's lock
// held, and the buffer is written before the client gets the answer: all changes of all connections
// up to then in one write. A killed process therefore loses no acknowledged write. Files are not
// synced, so a crash of the machine may lose the last seconds.
//
// A nil journal does nothing.
type journal struct {
	dir  string
	lock *os.File

	mu      sync.Mutex // guards pending
	pending []byte

	writing sync.Mutex // guards the fields below and is held during writes
	file    *os.File
	number  int   // of the current log
	size    int64 // of the current log
	limit   int64 // the size at which the log is replaced by a snapshot
	spare   []byte
	failed  error // the first failed write; nothing is acknowledged after it

	recording  atomic.Bool // whether changes are added
	compacting atomic.Bool
}

// leastLog is the size of a log that is worth a snapshot.
const leastLog = 64 << 20

const (
	snapshotPrefix = "snapshot-"
	logPrefix      = "log-"
	lockName       = "LOCK"
)

// newJournal locks the directory, creating it if necessary. The journal ignores changes until open.
func newJournal(dir string) (*journal, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(dir, lockName))
	if err != nil {
		return nil, fmt.Errorf("devserver: data directory %s: %w", dir, err)
	}
	return &journal{dir: dir, lock: lock, limit: leastLog}, nil
}

// open loads the state from the directory and begins a new log.
func (j *journal) open(s *Server) error {
	if err := j.load(s); err != nil {
		return err
	}
	return j.compact(s)
}

// numbered returns the numbers of the files with the prefix, in ascending order.
func (j *journal) numbered(prefix string) (numbers []int, err error) {
	entries, err := os.ReadDir(j.dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if text, ok := strings.CutPrefix(e.Name(), prefix); ok {
			if n, err := strconv.Atoi(text); err == nil {
				numbers = append(numbers, n)
			}
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

func (j *journal) path(prefix string, number int) string {
	return filepath.Join(j.dir, prefix+strconv.Itoa(number))
}

// load applies the last snapshot and the logs since then.
func (j *journal) load(s *Server) error {
	snapshots, err := j.numbered(snapshotPrefix)
	if err != nil {
		return err
	}
	logs, err := j.numbered(logPrefix)
	if err != nil {
		return err
	}
	first := 0
	if n := len(snapshots); n > 0 {
		first = snapshots[n-1]
		if err := j.loadFile(s, snapshotPrefix, first, false); err != nil {
			return err
		}
	}
	logs = slices.DeleteFunc(logs, func(n int) bool { return n < first })
	for i, number := range logs {
		if err := j.loadFile(s, logPrefix, number, i == len(logs)-1); err != nil {
			return err
		}
		j.number = number
	}
	j.number = max(j.number, first)
	return nil
}

// loadFile applies one file. Only the last log may end within an entry, which was not acknowledged.
func (j *journal) loadFile(s *Server, prefix string, number int, mayBeTorn bool) error {
	path := j.path(prefix, number)
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if prefix == snapshotPrefix {
		if err := checkSnapshot(bufio.NewReaderSize(f, 1<<20)); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if mayBeTorn && info.Size() <= int64(len(dataMagic)) {
		return nil // the process ended while it began the log
	}
	in := bufio.NewReaderSize(f, 1<<20)
	if err := readHeader(in); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	err = s.load(in)
	switch {
	case errors.Is(err, errTorn) && mayBeTorn:
		s.options.Logger.Warn("the log ends within an entry that was not acknowledged", "file", path)
		return nil
	case errors.Is(err, errTorn):
		return fmt.Errorf("%w: %s: %w", ErrDamaged, path, err)
	case err != nil:
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// add adds a change. entry appends it to the buffer.
func (j *journal) add(entry func(buf []byte) []byte) {
	if j == nil || !j.recording.Load() {
		return
	}
	j.mu.Lock()
	j.pending = entry(j.pending)
	j.mu.Unlock()
}

// flush writes all changes that were added before. It must be called before a change is
// acknowledged.
func (j *journal) flush() error {
	if j == nil {
		return nil
	}
	j.writing.Lock()
	defer j.writing.Unlock()
	return j.writePending()
}

// writePending writes the buffer. The writing lock must be held.
func (j *journal) writePending() error {
	j.mu.Lock()
	data := j.pending
	j.pending = j.spare[:0]
	j.mu.Unlock()
	j.spare = data
	if len(data) == 0 || j.failed != nil {
		return j.failed
	}
	n, err := j.file.Write(data)
	j.size += int64(n)
	if err != nil {
		j.failed = fmt.Errorf("devserver: the log can't be written: %w", err)
	}
	if cap(j.spare) > retainSize {
		j.spare = nil
	}
	return j.failed
}

// isLong reports whether the log should be replaced by a snapshot.
func (j *journal) isLong() bool {
	if j == nil {
		return false
	}
	j.writing.Lock()
	defer j.writing.Unlock()
	return j.size > j.limit
}

// compact begins a new log, writes a snapshot and removes the files before it. If the process ends
// at any point, the older snapshot and all logs are still there.
func (j *journal) compact(s *Server) error {
	number, err := j.rotate()
	if err != nil {
		return err
	}
	temporary := filepath.Join(j.dir, "new-snapshot")
	f, err := os.Create(temporary)
	if err != nil {
		return err
	}
	if err := errors.Join(s.snapshot(f, true), f.Sync(), f.Close()); err != nil {
		return err
	}
	info, err := os.Stat(temporary)
	if err != nil {
		return err
	}
	if err := os.Rename(temporary, j.path(snapshotPrefix, number)); err != nil {
		return err
	}
	j.writing.Lock()
	j.limit = max(leastLog, 2*info.Size())
	j.writing.Unlock()
	return j.removeBefore(number)
}

// rotate begins the next log and returns its number.
func (j *journal) rotate() (int, error) {
	j.writing.Lock()
	defer j.writing.Unlock()
	if j.file != nil {
		if err := j.writePending(); err != nil {
			return 0, err
		}
	}
	f, err := os.OpenFile(j.path(logPrefix, j.number+1), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return 0, err
	}
	if _, err := f.Write(appendHeader(nil)); err != nil {
		return 0, errors.Join(err, f.Close())
	}
	if j.file != nil {
		err = j.file.Close()
	}
	j.file, j.number, j.size = f, j.number+1, 0
	j.recording.Store(true)
	return j.number, err
}

func (j *journal) removeBefore(number int) error {
	var errs []error
	for _, prefix := range []string{snapshotPrefix, logPrefix} {
		numbers, err := j.numbered(prefix)
		errs = append(errs, err)
		for _, n := range numbers {
			if n < number {
				errs = append(errs, os.Remove(j.path(prefix, n)))
			}
		}
	}
	return errors.Join(errs...)
}

// close writes what is left and releases the directory.
func (j *journal) close() error {
	if j == nil {
		return nil
	}
	j.writing.Lock()
	defer j.writing.Unlock()
	var err error
	if j.file != nil {
		err = errors.Join(j.writePending(), j.file.Close())
		j.file, j.failed = nil, ErrClosed
	}
	return errors.Join(err, j.lock.Close())
}

// acknowledge makes changes durable before a client learns of them, and begins to replace a long
// log.
func (s *Server) acknowledge() error {
	j := s.journal
	if j == nil {
		return nil
	}
	if err := j.flush(); err != nil {
		s.options.Logger.Error("data directory", "error", err)
		return err
	}
	if j.isLong() && j.compacting.CompareAndSwap(false, true) {
		s.wg.Go(func() {
			defer j.compacting.Store(false)
			if err := j.compact(s); err != nil {
				s.options.Logger.Error("data directory", "error", err)
			}
		})
	}
	return nil
}
