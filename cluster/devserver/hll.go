package devserver

import "github.com/aerosql/aerosql/protocol"

// Layout and limits of a HyperLogLog value (wire-cdt-exp.md 4.3).
const (
	hllHeader       = 11 // flags, index bits, minhash bits, cached count
	hllValueBits    = 6
	hllMinIndex     = 4
	hllMaxIndex     = 16
	hllMinMinhash   = 4
	hllMaxMinhash   = 51
	hllMaxTotalBits = 64
)

// validHLL checks a HyperLogLog value that was written as a whole bin: no flags,
// bit counts within their ranges, and exactly the registers that these ask for.
func validHLL(data []byte) bool {
	if len(data) < hllHeader || data[0] != 0 {
		return false
	}
	index, minhash := int(data[1]), int(data[2])
	if index < hllMinIndex || index > hllMaxIndex || index+minhash > hllMaxTotalBits ||
		minhash != 0 && (minhash < hllMinMinhash || minhash > hllMaxMinhash) {
		return false
	}
	return len(data) == hllHeader+((hllValueBits+minhash)<<index+7)/8
}

// readHLL executes a HyperLogLog operation that changes nothing. No call is
// known: every one is a parameter error.
func (c *command) readHLL(*protocol.RawOp, bin, bool) (bin, protocol.ResultCode) {
	return bin{}, protocol.ParameterError
}

// modifyHLL executes a HyperLogLog operation that changes a value; see readHLL.
func (c *command) modifyHLL(*protocol.RawOp) (bin, protocol.ResultCode) {
	return bin{}, protocol.ParameterError
}
