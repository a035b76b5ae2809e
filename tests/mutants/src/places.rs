//! Where in a file a mutant can be switched on: what has to be written anew for it.

use std::collections::HashMap;

use proc_macro2::Span as Tokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, BinOp, Block, Expr, Meta, Pat, ReturnType, Signature, Type, TypeParamBound, UnOp};

use crate::list::{Genre, Span};

/// How a mutant is switched on.
#[derive(Clone, Debug)]
pub enum Place {
    /// At the head of a function's body.
    Head(usize),
    /// Around the body of a function that gives an iterator of a type without name.
    Around(Span),
    /// By another text for this expression.
    Instead(Span),
    /// By a guard of an arm whose pattern ends here.
    Guard(usize),
    /// Not while the program runs: it is part of a constant, or of a type without name.
    Never,
    /// Not at all: what becomes of it is no Rust (`||` beside a `let`), or it is there for loom only.
    Unviable,
}

/// The places of a file, by what is mutated, and where its text begins.
pub fn places(text: &str) -> Result<Places, String> {
    let file = syn::parse_file(text).map_err(|error| error.to_string())?;
    let mut finder = Finder::default();
    finder.visit_file(&file);
    Ok(finder.places)
}

/// By what is mutated, and where it begins.
pub type Places = HashMap<(Genre, usize), Place>;

#[derive(Default)]
struct Finder {
    places: Places,
    /// The outermost of the operators that the present one is an operand of: another operator may bind differently.
    whole: Option<Span>,
    /// Among conditions joined with `&&`, one of which is a `let`.
    lets: bool,
    /// In what is computed when it is compiled.
    constant: bool,
    /// In what is compiled for loom only.
    loom: bool,
}

fn bytes(span: Tokens) -> Span {
    span.byte_range()
}

fn has_let(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

impl Finder {
    fn add(&mut self, genre: Genre, at: usize, place: Place) {
        let place = match place {
            _ if self.loom => Place::Unviable,
            _ if self.constant => Place::Never,
            place => place,
        };
        self.places.insert((genre, at), place);
    }

    fn constant(&mut self, constant: bool, visit: impl FnOnce(&mut Self)) {
        let before = self.constant;
        self.constant |= constant;
        visit(self);
        self.constant = before;
    }

    fn loom(&mut self, attributes: &[Attribute], visit: impl FnOnce(&mut Self)) {
        let before = self.loom;
        self.loom |= attributes.iter().any(is_loom);
        visit(self);
        self.loom = before;
    }

    fn function(&mut self, signature: &Signature, block: &Block, visit: impl FnOnce(&mut Self)) {
        self.constant(signature.constness.is_some(), |this| {
            if let Some(first) = block.stmts.first() {
                let inside = bytes(block.span());
                let inside = inside.start + 1..inside.end - 1;
                let place = match &signature.output {
                    ReturnType::Type(_, output) => match &**output {
                        Type::ImplTrait(given) if given.bounds.iter().any(is_iterator) => Place::Around(inside),
                        Type::ImplTrait(_) => Place::Never,
                        _ => Place::Head(inside.start),
                    },
                    ReturnType::Default => Place::Head(inside.start),
                };
                this.add(Genre::Body, bytes(first.span()).start, place);
            }
            visit(this);
        });
    }
}

/// `#[cfg(loom)]`, also with other conditions; not `#[cfg(not(loom))]`.
fn is_loom(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else { return false };
    let condition = list.tokens.to_string();
    list.path.is_ident("cfg") && condition.contains("loom") && !condition.contains("not")
}

fn is_iterator(bound: &TypeParamBound) -> bool {
    match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().is_some_and(|last| last.ident == "Iterator"),
        _ => false,
    }
}

impl<'a> Visit<'a> for Finder {
    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.loom(&item.attrs, |this| this.function(&item.sig, &item.block, |this| visit::visit_item_fn(this, item)));
    }

    fn visit_item_impl(&mut self, item: &'a syn::ItemImpl) {
        self.loom(&item.attrs, |this| visit::visit_item_impl(this, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.function(&item.sig, &item.block, |this| visit::visit_impl_item_fn(this, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'a syn::TraitItemFn) {
        match &item.default {
            Some(block) => self.function(&item.sig, block, |this| visit::visit_trait_item_fn(this, item)),
            None => visit::visit_trait_item_fn(self, item),
        }
    }

    fn visit_item_const(&mut self, item: &'a syn::ItemConst) {
        self.constant(true, |this| visit::visit_item_const(this, item));
    }

    fn visit_impl_item_const(&mut self, item: &'a syn::ImplItemConst) {
        self.constant(true, |this| visit::visit_impl_item_const(this, item));
    }

    fn visit_trait_item_const(&mut self, item: &'a syn::TraitItemConst) {
        self.constant(true, |this| visit::visit_trait_item_const(this, item));
    }

    fn visit_item_static(&mut self, item: &'a syn::ItemStatic) {
        self.constant(true, |this| visit::visit_item_static(this, item));
    }

    fn visit_expr_const(&mut self, item: &'a syn::ExprConst) {
        self.constant(true, |this| visit::visit_expr_const(this, item));
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        let before = (self.whole.clone(), self.lets);
        let all = bytes(expr.span());
        match expr {
            Expr::Binary(binary) => {
                let chain = matches!(binary.op, BinOp::And(_)) && (self.lets || has_let(expr));
                self.lets = chain;
                let at = bytes(binary.op.span()).start;
                if chain {
                    self.whole = None;
                    self.add(Genre::Text, at, Place::Unviable);
                } else {
                    let whole = self.whole.get_or_insert(all).clone();
                    self.add(Genre::Text, at, Place::Instead(whole));
                }
            }
            Expr::Unary(unary) if !matches!(unary.op, UnOp::Deref(_)) => {
                self.lets = false;
                let whole = self.whole.get_or_insert(all).clone();
                self.add(Genre::Text, bytes(unary.op.span()).start, Place::Instead(whole));
            }
            _ => (self.whole, self.lets) = (None, false),
        }
        if let Expr::Struct(literal) = expr
            && literal.rest.is_some()
        {
            let all = bytes(expr.span());
            literal
                .fields
                .iter()
                .for_each(|field| self.add(Genre::Text, bytes(field.span()).start, Place::Instead(all.clone())));
        }
        visit::visit_expr(self, expr);
        (self.whole, self.lets) = before;
    }

    fn visit_expr_match(&mut self, expr: &'a syn::ExprMatch) {
        let caught = expr.arms.iter().any(|arm| matches!(arm.pat, Pat::Wild(_)) && arm.guard.is_none());
        for arm in &expr.arms {
            match &arm.guard {
                Some((_, guard)) => {
                    let all = bytes(guard.span());
                    self.add(Genre::Guard, all.start, Place::Instead(all));
                }
                None if caught => {
                    self.add(Genre::Arm, bytes(arm.span()).start, Place::Guard(bytes(arm.pat.span()).end))
                }
                None => {}
            }
        }
        visit::visit_expr_match(self, expr);
    }
}
