package mapper

// maxScale is the largest number of digits after the point: those of a DECIMAL(18, 18).
const maxScale = 18

// maxExact is the limit up to which every integer is exact as a float64.
const maxExact = 1 << 53
