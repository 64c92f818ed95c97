//! The numbers of locals in a wasm file: the most used have the lowest, so that functions that do alike read alike.

use std::convert::Infallible;

use anyhow::{Context as _, Result};
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{CodeSection, Function, Instruction, Module, ValType};
use wasmparser::{CodeSectionReader, CompositeInnerType, FunctionBody, Operator, Parser, Payload};

/// The same module with its locals numbered so.
///
/// # Errors
/// When it is not wasm.
pub(super) fn renumber(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::new();
    Renumbered { parameters: parameters(wasm)? }.parse_core_module(&mut module, Parser::new(0), wasm)?;
    Ok(module.finish())
}

/// How many parameters each function has: they are its first locals and keep their numbers.
fn parameters(wasm: &[u8]) -> Result<Vec<u32>> {
    let (mut types, mut functions) = (Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::TypeSection(section) => {
                for group in section {
                    types.extend(group?.into_types().map(|kind| match kind.composite_type.inner {
                        CompositeInnerType::Func(function) => function.params().len(),
                        _ => 0,
                    }));
                }
            }
            Payload::FunctionSection(section) => {
                for kind in section {
                    let parameters = types.get(kind? as usize).context("a function of no type")?;
                    functions.push(u32::try_from(*parameters)?);
                }
            }
            _ => {}
        }
    }
    Ok(functions)
}

struct Renumbered {
    parameters: Vec<u32>,
}

impl Reencode for Renumbered {
    type Error = Infallible;

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error> {
        for (parameters, body) in self.parameters.iter().zip(section) {
            code.function(&renumbered(*parameters, &body?)?);
        }
        Ok(())
    }
}

fn renumbered(parameters: u32, body: &FunctionBody<'_>) -> Result<Function, Error> {
    let locals = Locals::new(parameters, body)?;
    let mut function = Function::new(locals.declared());
    let mut operators = body.get_operators_reader()?;
    while !operators.eof() {
        function.instruction(&match operators.read()? {
            Operator::LocalGet { local_index } => Instruction::LocalGet(locals.number(local_index)),
            Operator::LocalSet { local_index } => Instruction::LocalSet(locals.number(local_index)),
            Operator::LocalTee { local_index } => Instruction::LocalTee(locals.number(local_index)),
            other => RoundtripReencoder.instruction(other)?,
        });
    }
    Ok(function)
}

/// The locals of a function that are used, by their old numbers.
struct Locals {
    parameters: u32,
    /// Those of each type, the most used first.
    by_type: Vec<(ValType, Vec<u32>)>,
}

impl Locals {
    fn new(parameters: u32, body: &FunctionBody<'_>) -> Result<Self, Error> {
        let mut declared = Vec::new();
        for group in body.get_locals_reader()? {
            let (count, kind) = group?;
            let kind = RoundtripReencoder.val_type(kind)?;
            for _ in 0..count {
                declared.push(Local { number: parameters + declared.len() as u32, kind, uses: 0 });
            }
        }
        for operator in body.get_operators_reader()? {
            if let Operator::LocalGet { local_index }
            | Operator::LocalSet { local_index }
            | Operator::LocalTee { local_index } = operator?
                && let Some(local) = local_index.checked_sub(parameters)
            {
                declared[local as usize].uses += 1;
            }
        }
        declared.retain(|local| local.uses > 0);
        declared.sort_by_key(|local| std::cmp::Reverse(local.uses));
        let mut by_type: Vec<(ValType, Vec<u32>)> = Vec::new();
        for Local { number, kind, .. } in declared {
            match by_type.iter_mut().find(|(of, _)| *of == kind) {
                Some((_, numbers)) => numbers.push(number),
                None => by_type.push((kind, vec![number])),
            }
        }
        Ok(Self { parameters, by_type })
    }

    fn declared(&self) -> Vec<(u32, ValType)> {
        self.by_type.iter().map(|(kind, numbers)| (numbers.len() as u32, *kind)).collect()
    }

    fn number(&self, old: u32) -> u32 {
        let mut numbers = self.by_type.iter().flat_map(|(_, numbers)| numbers);
        numbers.position(|number| *number == old).map_or(old, |at| self.parameters + at as u32)
    }
}

struct Local {
    number: u32,
    kind: ValType,
    uses: usize,
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{FunctionSection, TypeSection};

    use super::*;

    #[test]
    fn the_most_used_have_the_lowest_numbers() {
        let mut types = TypeSection::new();
        types.ty().function([ValType::I32], []);
        let mut functions = FunctionSection::new();
        functions.function(0);
        // 0 is the parameter, 1 has a type of its own, 3 is not used, 4 is used most.
        let mut function = Function::new([(1, ValType::I64), (3, ValType::I32)]);
        let mut code = function.instructions();
        code.i64_const(1).local_set(1);
        code.local_get(0).local_set(2);
        code.local_get(0).local_tee(4).local_get(4).i32_add().local_set(4).end();
        let mut codes = CodeSection::new();
        codes.function(&function);
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&codes);

        let renumbered = renumber(&module.finish()).unwrap();
        wasmparser::validate(&renumbered).unwrap();
        let body = Parser::new(0).parse_all(&renumbered).find_map(|payload| match payload.unwrap() {
            Payload::CodeSectionEntry(body) => Some(body),
            _ => None,
        });
        let body = body.unwrap();
        let declared: Vec<_> = body.get_locals_reader().unwrap().into_iter().map(Result::unwrap).collect();
        assert_eq!(declared, [(2, wasmparser::ValType::I32), (1, wasmparser::ValType::I64)]);
        let numbers: Vec<u32> = body
            .get_operators_reader()
            .unwrap()
            .into_iter()
            .filter_map(|operator| match operator.unwrap() {
                Operator::LocalGet { local_index }
                | Operator::LocalSet { local_index }
                | Operator::LocalTee { local_index } => Some(local_index),
                _ => None,
            })
            .collect();
        assert_eq!(numbers, [3, 0, 2, 0, 1, 1, 1]);
    }
}
