// SPDX-License-Identifier: Apache-2.0

//! What the calls on interfaces and products do.

use crate::{impls::push_newest, *};
use frame_support::{pallet_prelude::*, traits::Get};
use sealane_primitives::{business::Role, directory::ProductStatus, ids::*, traits::MemberRegistry};

impl<T: Config> Pallet<T> {
	fn ensure_identifier(field: IdentifierField, id: &Name) -> Result<(), Error<T>> {
		check_identifier(id).map_err(|fault| Error::<T>::InvalidIdentifier(field, fault))
	}

	pub(crate) fn ensure_own_node(issuer: MemberId, node: NodeId) -> Result<(), Error<T>> {
		ensure!(T::Members::owner_of(node) == Some(issuer), Error::<T>::NodeNotOwned);
		Ok(())
	}

	/// The interface, in use and of `issuer`.
	fn ensure_own_interface(issuer: MemberId, id: &InterfaceId) -> Result<Interface, Error<T>> {
		let interface = Interfaces::<T>::get(id).ok_or(Error::<T>::InterfaceNotFound)?;
		ensure!(interface.issuer == issuer, Error::<T>::NotAuthorized);
		ensure!(!interface.retired, Error::<T>::InterfaceRetired);
		Ok(interface)
	}

	/// The product, not closed and of `issuer`.
	fn ensure_own_product(issuer: MemberId, id: &ProductId) -> Result<Product, Error<T>> {
		let product = Products::<T>::get(id).ok_or(Error::<T>::ProductNotFound)?;
		ensure!(product.issuer == issuer, Error::<T>::NotAuthorized);
		ensure!(product.spec.status != ProductStatus::Closed, Error::<T>::ProductClosed);
		Ok(product)
	}

	/// Checks what an issuer says of a product, its interface apart.
	pub(crate) fn ensure_spec(spec: &ProductSpec) -> Result<(), Error<T>> {
		Self::ensure_identifier(IdentifierField::ProductType, &spec.product_type)?;
		ensure!(RISK_CLASSES.contains(&spec.risk), Error::<T>::InvalidRisk);
		ensure!(
			spec.currency.iter().all(u8::is_ascii_uppercase),
			Error::<T>::InvalidCurrency
		);
		ensure!(
			spec.offering.is_none_or(|w| w.from < w.until),
			Error::<T>::InvalidOfferingWindow
		);
		Ok(())
	}

	pub(crate) fn do_register_interface(who: T::AccountId, id: InterfaceId, node: NodeId) -> DispatchResult {
		let issuer = Self::ensure_active_manager(&who, Role::Issuer)?;
		Self::ensure_own_node(issuer, node)?;
		Self::add_interface(issuer, id, node)
	}

	/// Adds an interface whose node is known to be the issuer's.
	pub(crate) fn add_interface(issuer: MemberId, id: InterfaceId, node: NodeId) -> DispatchResult {
		Self::ensure_identifier(IdentifierField::Interface, &id)?;
		Self::ensure_prefix(issuer, &id)?;
		ensure!(!Interfaces::<T>::contains_key(&id), Error::<T>::AlreadyExists);
		InterfacesOf::<T>::try_append(issuer, id.clone()).map_err(|()| Error::<T>::MaxInterfacesExceeded)?;
		Interfaces::<T>::insert(
			&id,
			Interface {
				issuer,
				node,
				retired: false,
				products: 0,
			},
		);
		Self::touch(issuer);
		Self::deposit_event(Event::InterfaceRegistered { id, issuer, node });
		Ok(())
	}

	pub(crate) fn do_set_interface_node(who: T::AccountId, id: InterfaceId, new: NodeId) -> DispatchResult {
		let issuer = Self::ensure_active_manager(&who, Role::Issuer)?;
		let mut interface = Self::ensure_own_interface(issuer, &id)?;
		Self::ensure_own_node(issuer, new)?;
		let old = core::mem::replace(&mut interface.node, new);
		Interfaces::<T>::insert(&id, interface);
		Self::touch(issuer);
		Self::deposit_event(Event::InterfaceNodeSet { id, old, new });
		Ok(())
	}

	pub(crate) fn do_retire_interface(who: T::AccountId, id: InterfaceId) -> DispatchResult {
		let issuer = Self::ensure_active_manager(&who, Role::Issuer)?;
		let interface = Self::ensure_own_interface(issuer, &id)?;
		ensure!(interface.products == 0, Error::<T>::InterfaceInUse);
		InterfacesOf::<T>::mutate(issuer, |ids| ids.retain(|i| *i != id));
		Interfaces::<T>::insert(
			&id,
			Interface {
				retired: true,
				..interface
			},
		);
		Self::touch(issuer);
		Self::deposit_event(Event::InterfaceRetired { id });
		Ok(())
	}

	pub(crate) fn do_register_product(who: T::AccountId, id: ProductId, spec: ProductSpec) -> DispatchResult {
		let issuer = Self::ensure_active_manager(&who, Role::Issuer)?;
		Self::add_product(issuer, id, spec)
	}

	pub(crate) fn add_product(issuer: MemberId, id: ProductId, spec: ProductSpec) -> DispatchResult {
		Self::ensure_identifier(IdentifierField::Product, &id)?;
		Self::ensure_prefix(issuer, &id)?;
		Self::ensure_spec(&spec)?;
		ensure!(!Products::<T>::contains_key(&id), Error::<T>::AlreadyExists);
		// A product that is over from the start would be noise that can never be corrected.
		ensure!(spec.status != ProductStatus::Closed, Error::<T>::ProductClosed);
		Self::ensure_own_interface(issuer, &spec.interface)?;
		ProductCount::<T>::try_mutate(issuer, |count| {
			ensure!(*count < T::MaxProductsPerIssuer::get(), Error::<T>::MaxProductsExceeded);
			*count += 1;
			Ok::<_, DispatchError>(())
		})?;
		ProductsOf::<T>::insert(issuer, &id, ());
		Self::count_on(&spec.interface, u32::saturating_add);
		let versions = Self::record_product(issuer, &id, &spec, 0);
		Products::<T>::insert(
			&id,
			Product {
				issuer,
				spec: spec.clone(),
				versions,
			},
		);
		Self::touch(issuer);
		Self::deposit_event(Event::ProductRegistered { id, issuer, spec });
		Ok(())
	}

	pub(crate) fn do_update_product(who: T::AccountId, id: ProductId, new: ProductSpec) -> DispatchResult {
		let issuer = Self::ensure_active_manager(&who, Role::Issuer)?;
		let product = Self::ensure_own_product(issuer, &id)?;
		let old = product.spec.clone();
		Self::ensure_spec(&new)?;
		ensure!(new.product_type == old.product_type, Error::<T>::ProductTypeFixed);
		ensure!(new.currency == old.currency, Error::<T>::CurrencyFixed);
		if new.interface != old.interface {
			Self::ensure_own_interface(issuer, &new.interface)?;
		}
		Self::write_product(&id, product, new.clone());
		Self::deposit_event(Event::ProductUpdated { id, old, new });
		Ok(())
	}

	pub(crate) fn do_set_product_status(who: T::AccountId, id: ProductId, new: ProductStatus) -> DispatchResult {
		let issuer = Self::ensure_active_manager(&who, Role::Issuer)?;
		let product = Self::ensure_own_product(issuer, &id)?;
		let old = product.spec.status;
		let spec = ProductSpec {
			status: new,
			..product.spec.clone()
		};
		Self::write_product(&id, product, spec);
		Self::deposit_event(Event::ProductStatusSet { id, old, new });
		Ok(())
	}

	/// Replaces the spec of a product that is not closed; takes it off the lists where the new one closes it.
	fn write_product(id: &ProductId, product: Product, new: ProductSpec) {
		let Product {
			issuer,
			spec: old,
			mut versions,
		} = product;
		let closes = new.status == ProductStatus::Closed;
		if closes || new.interface != old.interface {
			Self::count_on(&old.interface, u32::saturating_sub);
		}
		if !closes && new.interface != old.interface {
			Self::count_on(&new.interface, u32::saturating_add);
		}
		if closes {
			ProductsOf::<T>::remove(issuer, id);
			ProductCount::<T>::mutate(issuer, |count| *count = count.saturating_sub(1));
			ClosedProducts::<T>::mutate(issuer, |closed| push_newest(closed, id.clone()));
		}
		if (new.risk, new.offering) != (old.risk, old.offering) {
			versions = Self::record_product(issuer, id, &new, versions);
		}
		Self::touch(issuer);
		Products::<T>::insert(
			id,
			Product {
				issuer,
				spec: new,
				versions,
			},
		);
	}

	/// Writes what a product is from this block on, after `versions` versions. Returns the number of the new one.
	fn record_product(issuer: MemberId, id: &ProductId, spec: &ProductSpec, versions: u32) -> u32 {
		// One per call of the issuer: 2³² are never reached.
		let version = versions.saturating_add(1);
		ProductVersions::<T>::insert(
			id,
			version,
			ProductVersion {
				from: Self::block(),
				issuer,
				product_type: spec.product_type.clone(),
				currency: spec.currency,
				risk: spec.risk,
				offering: spec.offering,
			},
		);
		version
	}

	/// Tells partners that an issuer's catalogue changed.
	fn touch(issuer: MemberId) {
		CatalogueRevisions::<T>::insert(issuer, Self::block());
	}

	/// Counts a product at its interface up or down.
	fn count_on(interface: &InterfaceId, step: fn(u32, u32) -> u32) {
		Interfaces::<T>::mutate(interface, |entry| {
			if let Some(entry) = entry {
				entry.products = step(entry.products, 1);
			}
		});
	}
}
