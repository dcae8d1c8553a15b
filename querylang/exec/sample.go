package exec

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/bind"
)

// The bounds of a sample.
const (
	sampleRecords = 1000
	sampleAge     = time.Hour
)

// Samples know the bins of undeclared sets: those of a sample of 1,000 records, which is kept for
// an hour and extended by the bins that later rows show. They are safe for concurrent use.
type Samples struct {
	client Client
	policy cluster.QueryPolicy

	mu      sync.Mutex
	sets    map[setName]*sample
	version uint64 // of the newest change of any sample
}

// A setName is a set of a namespace.
type setName struct{ namespace, set string }

// A sample is what is known of one set. It is replaced, not changed.
type sample struct {
	bins    []string
	version uint64
	taken   time.Time
}

func newSamples(client Client, policy cluster.QueryPolicy) *Samples {
	policy.MaxRecords = sampleRecords
	return &Samples{client: client, policy: policy, sets: make(map[setName]*sample)}
}

// Sample returns the sorted names of the bins of a set, and the version of this answer.
func (s *Samples) Sample(ctx context.Context, namespace, set string) ([]string, uint64, error) {
	name := setName{namespace, set}
	s.mu.Lock()
	known := s.sets[name]
	s.mu.Unlock()
	if known != nil && time.Since(known.taken) < sampleAge {
		return known.bins, known.version, nil
	}
	bins, err := s.read(ctx, name)
	if err != nil {
		return nil, 0, err
	}
	known = s.put(name, bins, true)
	return known.bins, known.version, nil
}

// read reads the names of the bins of some records.
func (s *Samples) read(ctx context.Context, name setName) ([]string, error) {
	seen := make(map[string]bool)
	var bins []string
	policy := s.policy
	statement := cluster.Statement{Namespace: name.namespace, Set: name.set}
	switch name.set { // the query reads all sets of the namespace
	case "":
		policy.Filter = exp.Filter(exp.Eq(exp.SetName(), exp.StringVal("")))
	case bind.AllSets:
		policy.Filter = exp.Filter(exp.And(exp.Ne(exp.SetName(), exp.StringVal(bind.ReservedSet)), exp.Ne(exp.SetName(), exp.StringVal(bind.SequenceSet))))
		statement.Set = ""
	}
	for record, err := range s.client.Query(ctx, &policy, statement) {
		if err := streamError(record, err); err != nil {
			return nil, err
		}
		for _, bin := range record.Bins {
			if !seen[bin.Name] && bin.Name != bind.MarkerBin {
				seen[bin.Name] = true
				bins = append(bins, bin.Name)
			}
		}
	}
	slices.Sort(bins)
	return bins, nil
}

// put replaces the sample of a set. Its version changes only if its bins do. A sample that is not
// whole extends the known one.
func (s *Samples) put(name setName, bins []string, whole bool) *sample {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.sets[name]
	next := &sample{bins: bins, taken: time.Now()}
	if !whole && known != nil {
		next.taken = known.taken
		next.bins = slices.Clone(known.bins)
		for _, bin := range bins {
			if at, found := slices.BinarySearch(next.bins, bin); !found {
				next.bins = slices.Insert(next.bins, at, bin)
			}
		}
	}
	if known != nil && slices.Equal(known.bins, next.bins) {
		next.version = known.version
	} else {
		s.version++
		next.version = s.version
	}
	s.sets[name] = next
	return next
}

// forget makes the next use of a set read a sample again.
func (s *Samples) forget(name setName) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sets, name)
}

// show extends the sample of a set by a bin that a row has shown.
func (s *Samples) show(namespace, set, bin string) {
	s.put(setName{namespace, set}, []string{bin}, false)
}
