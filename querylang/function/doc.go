// Package function is what the SQL dialect computes: the types of values, the operators, and one
// table of the functions with their arguments, evaluators, lowering to server expressions and
// documentation. It knows no tables and no plans.
package function
