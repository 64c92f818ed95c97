//! The order of functions in a wasm file: each is followed by the one that is most like it, which is what makes brotli's
//! references to earlier code short.

use std::collections::HashMap;
use std::convert::Infallible;

use anyhow::Result;
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{CodeSectionReader, CustomSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

/// Functions are alike by the sequences of so many bytes that they share.
const SEQUENCE_BYTES: usize = 5;
/// A sequence that more functions have says nothing of them.
const SHARED_MAX: usize = 1000;

/// The same module in that order, without custom sections.
///
/// # Errors
/// When it is not wasm.
pub(super) fn order(wasm: &[u8]) -> Result<Vec<u8>> {
    let (imported, bodies) = functions(wasm)?;
    let order = alike(&bodies);
    let mut places = vec![0; order.len()];
    for (place, &function) in (0..).zip(&order) {
        places[function] = place;
    }
    let mut module = Module::new();
    Reordered { imported, order, places }.parse_core_module(&mut module, Parser::new(0), wasm)?;
    Ok(module.finish())
}

/// How many functions are imported, and the code of all others.
fn functions(wasm: &[u8]) -> Result<(u32, Vec<&[u8]>)> {
    let (mut imported, mut bodies) = (0, Vec::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    Ok((imported, bodies))
}

/// The functions by their indices: the largest first, then always the one that is most like the last.
fn alike(bodies: &[&[u8]]) -> Vec<usize> {
    let mut owners: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (function, body) in bodies.iter().enumerate() {
        for sequence in body.windows(SEQUENCE_BYTES) {
            let owners = owners.entry(sequence).or_default();
            if owners.last() != Some(&function) {
                owners.push(function);
            }
        }
    }
    owners.retain(|_, owners| (2..=SHARED_MAX).contains(&owners.len()));
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    left.sort_by_key(|&function| (std::cmp::Reverse(bodies[function].len()), function));
    let mut order = Vec::with_capacity(bodies.len());
    let mut next = 0;
    while !left.is_empty() {
        let function = left.remove(next);
        order.push(function);
        let mut shared = vec![0_u32; bodies.len()];
        for sequence in bodies[function].windows(SEQUENCE_BYTES) {
            for &other in owners.get(sequence).into_iter().flatten() {
                shared[other] += 1;
            }
        }
        // Cosine similarity, but for what all have in common. Of equals, the largest.
        let likeness = |other: usize| f64::from(shared[other]) / (bodies[other].len() as f64).sqrt();
        let places = (0..left.len()).rev();
        next = places.max_by(|&a, &b| likeness(left[a]).total_cmp(&likeness(left[b]))).unwrap_or_default();
    }
    order
}

struct Reordered {
    imported: u32,
    /// Old indices of functions, without imported ones, in their new order.
    order: Vec<usize>,
    /// New indices in the old order.
    places: Vec<u32>,
}

impl Reencode for Reordered {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        let own = function.checked_sub(self.imported);
        Ok(own.map_or(function, |own| self.imported + self.places[own as usize]))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error> {
        let types = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for &function in &self.order {
            functions.function(types[function]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error> {
        let bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for function in self.order.clone() {
            self.parse_function_body(code, bodies[function].clone())?;
        }
        Ok(())
    }

    fn parse_custom_section(&mut self, _: &mut Module, _: CustomSectionReader<'_>) -> Result<(), Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        EntityType, ExportKind, ExportSection, Function, ImportSection, Instruction, TypeSection, ValType,
    };
    use wasmparser::{ExternalKind, Operator};

    use super::*;

    /// An imported function, one that calls the last, a long one, and the last, which says 7.
    fn module() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I32]);
        let mut imports = ImportSection::new();
        imports.import("glue", "ask", EntityType::Function(0));
        let mut functions = FunctionSection::new();
        let mut code = CodeSection::new();
        let bodies = [
            vec![Instruction::Call(3)],
            vec![Instruction::I32Const(1), Instruction::I32Const(2), Instruction::I32Add],
            vec![Instruction::I32Const(7)],
        ];
        for body in bodies {
            functions.function(0);
            let mut function = Function::new([]);
            body.iter().chain([&Instruction::End]).for_each(|instruction| {
                function.instruction(instruction);
            });
            code.function(&function);
        }
        let mut exports = ExportSection::new();
        exports.export("asks", ExportKind::Func, 1).export("says", ExportKind::Func, 3);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&exports).section(&code);
        module.finish()
    }

    /// The index and the code of what is exported as `name`.
    fn exported<'a>(wasm: &'a [u8], name: &str) -> (u32, Vec<Operator<'a>>) {
        let (mut index, mut bodies) = (0, Vec::new());
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.unwrap() {
                Payload::ExportSection(exports) => {
                    let export = exports.into_iter().map(Result::unwrap).find(|it| it.name == name).unwrap();
                    assert_eq!(export.kind, ExternalKind::Func);
                    index = export.index;
                }
                Payload::CodeSectionEntry(body) => bodies.push(body),
                _ => {}
            }
        }
        let operators = bodies[index as usize - 1].get_operators_reader().unwrap();
        (index, operators.into_iter().map(Result::unwrap).collect())
    }

    #[test]
    fn functions_move_and_are_the_same() {
        let ordered = order(&module()).unwrap();
        wasmparser::validate(&ordered).unwrap();
        let (says, code) = exported(&ordered, "says");
        assert_eq!(code, [Operator::I32Const { value: 7 }, Operator::End]);
        assert_ne!(exported(&module(), "asks").0, exported(&ordered, "asks").0, "the long one comes first");
        assert_eq!(exported(&ordered, "asks").1, [Operator::Call { function_index: says }, Operator::End],);
    }

    #[test]
    fn like_follows_like() {
        let bodies =
            [&b"one two three"[..], b"............", b"one two four", b"..........", b"0123456789abcdefg"];
        assert_eq!(alike(&bodies), [4, 0, 2, 1, 3]);
    }
}
