package plan

import (
	"math"
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// partitions sets the partitions of PARTITION and TABLESAMPLE.
func (l *lowerer) partitions() error {
	if l.scan.Partitions != nil {
		if err := l.namedPartitions(); err != nil {
			return err
		}
	}
	if l.scan.Sample != nil {
		return l.samplePartitions()
	}
	return nil
}

func (l *lowerer) namedPartitions() error {
	l.access.Partitions = []Partitions{}
	for _, r := range l.scan.Partitions {
		first, err := l.partition(r.First)
		if err != nil {
			return err
		}
		last := first
		if r.Last != nil {
			if last, err = l.partition(r.Last); err != nil {
				return err
			}
		}
		if first > last {
			return ast.Errorf(ast.ErrArguments, "the partitions %d..%d are not in order", first, last)
		}
		l.access.Partitions = append(l.access.Partitions, Partitions{first, last})
	}
	slices.SortFunc(l.access.Partitions, func(a, b Partitions) int { return a.First - b.First })
	merged := l.access.Partitions[:1]
	for _, p := range l.access.Partitions[1:] {
		if last := &merged[len(merged)-1]; p.First <= last.Last+1 {
			last.Last = max(last.Last, p.Last)
			continue
		}
		merged = append(merged, p)
	}
	l.access.Partitions = merged
	return nil
}

func (l *lowerer) partition(e bind.Expr) (int, error) {
	v, _ := l.fixed(e)
	n, ok := v.Int()
	if !ok || n < 0 || n >= protocol.PartitionCount {
		return 0, ast.Errorf(ast.ErrArguments, "a partition is a number from 0 to %d, not %v", protocol.PartitionCount-1, v)
	}
	return int(n), nil
}

// samplePartitions keeps some of the partitions, evenly spaced, so that a sample is repeatable.
func (l *lowerer) samplePartitions() error {
	all := l.partitionCount()
	v := l.sampleSize()
	size, ok := number(v)
	want := int(math.Ceil(size))
	if l.scan.Sample.Method == "SYSTEM" {
		ok = ok && size >= 0 && size <= 100
		want = int(math.Ceil(float64(all) * size / 100))
	}
	if !ok || !(size >= 0) || want > all {
		return ast.Errorf(ast.ErrArguments, "TABLESAMPLE: the size %v is out of range", v)
	}
	from := l.access.Partitions
	if from == nil {
		from = []Partitions{{0, protocol.PartitionCount - 1}}
	}
	kept := []Partitions{}
	at := 0
	for _, r := range from {
		for p := r.First; p <= r.Last; p++ {
			if (at+1)*want/all > at*want/all {
				kept = append(kept, Partitions{p, p})
			}
			at++
		}
	}
	l.access.Partitions = kept
	return nil
}

// sampleSize returns the size of a sample, which is a literal or a parameter.
func (l *lowerer) sampleSize() protocol.Value {
	switch e := l.scan.Sample.Size.(type) {
	case *ast.Literal:
		return e.Value
	case *ast.Param:
		if l.env.Run != nil && e.Index < len(l.env.Run.Args) {
			return l.env.Run.Args[e.Index]
		}
	}
	return protocol.Value{}
}

func (l *lowerer) partitioned() bool { return l.access.Partitions != nil }

// share returns the share of the partitions that is read.
func (l *lowerer) share() float64 { return float64(l.partitionCount()) / protocol.PartitionCount }

func (l *lowerer) partitionCount() int {
	if l.access.Partitions == nil {
		return protocol.PartitionCount
	}
	n := 0
	for _, p := range l.access.Partitions {
		n += p.Last - p.First + 1
	}
	return n
}
