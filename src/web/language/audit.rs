//! What the audit trail calls what was done.

use super::table::texts;
use crate::store::records::AuditEvent;

texts! {
    /// What the audit trail calls what was done.
    pub(crate) struct AuditTexts;
    /// Somebody signed in.
    sign_in { en: "Signed in", de: "Angemeldet", fr: "Connexion", es: "Inicio de sesión", ja: "サインイン", zh: "登录" }
    /// Somebody did not get in.
    sign_in_failed { en: "Sign-in failed", de: "Anmeldung fehlgeschlagen", fr: "Échec de connexion", es: "Inicio de sesión fallido", ja: "サインイン失敗", zh: "登录失败" }
    /// Somebody signed out.
    sign_out { en: "Signed out", de: "Abgemeldet", fr: "Déconnexion", es: "Cierre de sesión", ja: "サインアウト", zh: "退出登录" }
    /// Sessions in other browsers were ended.
    sessions_ended { en: "Other browsers signed out", de: "Andere Browser abgemeldet", fr: "Autres navigateurs déconnectés", es: "Otros navegadores desconectados", ja: "他のブラウザーをサインアウト", zh: "退出其他浏览器" }
    /// Everything was ended.
    signed_out_everywhere { en: "Signed out everywhere", de: "Überall abgemeldet", fr: "Déconnecté partout", es: "Sesión cerrada en todas partes", ja: "すべてサインアウト", zh: "全部退出登录" }
    /// A password was changed.
    password_changed { en: "Password changed", de: "Passwort geändert", fr: "Mot de passe modifié", es: "Contraseña cambiada", ja: "パスワード変更", zh: "更改密码" }
    /// An app was allowed.
    app_allowed { en: "App allowed", de: "App erlaubt", fr: "Application autorisée", es: "Aplicación permitida", ja: "アプリを許可", zh: "允许应用" }
    /// That was taken back.
    app_revoked { en: "App no longer allowed", de: "App nicht mehr erlaubt", fr: "Autorisation d’application retirée", es: "Permiso de aplicación retirado", ja: "アプリの許可を取り消し", zh: "收回应用权限" }
    /// A user was made.
    user_added { en: "User added", de: "Benutzer hinzugefügt", fr: "Utilisateur ajouté", es: "Usuario añadido", ja: "ユーザー追加", zh: "添加用户" }
    /// A user was removed.
    user_removed { en: "User removed", de: "Benutzer entfernt", fr: "Utilisateur supprimé", es: "Usuario eliminado", ja: "ユーザー削除", zh: "移除用户" }
    /// A user was shut out.
    user_disabled { en: "User shut out", de: "Benutzer ausgesperrt", fr: "Utilisateur exclu", es: "Usuario excluido", ja: "ユーザー無効化", zh: "停用用户" }
    /// A user was let in again.
    user_enabled { en: "User let in again", de: "Benutzer wieder zugelassen", fr: "Utilisateur réadmis", es: "Usuario readmitido", ja: "ユーザー有効化", zh: "重新启用用户" }
    /// A user became an administrator.
    admin_given { en: "Made an administrator", de: "Darf jetzt verwalten", fr: "Nommé administrateur", es: "Nombrado administrador", ja: "管理者に設定", zh: "设为管理员" }
    /// A user is one no longer.
    admin_taken { en: "No longer an administrator", de: "Darf nicht mehr verwalten", fr: "N’est plus administrateur", es: "Ya no es administrador", ja: "管理者を解除", zh: "取消管理员" }
    /// Somebody at the provider became a user.
    user_linked { en: "Linked to the provider", de: "Mit dem Anbieter verbunden", fr: "Lié au fournisseur", es: "Vinculado al proveedor", ja: "プロバイダーと連携", zh: "关联到提供方" }
    /// That ended.
    user_unlinked { en: "Unlinked from the provider", de: "Vom Anbieter getrennt", fr: "Délié du fournisseur", es: "Desvinculado del proveedor", ja: "プロバイダーとの連携を解除", zh: "取消与提供方的关联" }
    /// A role was given.
    role_given { en: "Shared", de: "Freigegeben", fr: "Partagé", es: "Compartido", ja: "共有", zh: "共享" }
    /// It was taken back.
    role_taken { en: "No longer shared", de: "Nicht mehr freigegeben", fr: "Partage retiré", es: "Ya no compartido", ja: "共有を解除", zh: "取消共享" }
    /// A link was made.
    link_made { en: "Link made", de: "Link erstellt", fr: "Lien créé", es: "Enlace creado", ja: "リンク作成", zh: "创建链接" }
    /// A link was ended.
    link_ended { en: "Link ended", de: "Link beendet", fr: "Lien supprimé", es: "Enlace anulado", ja: "リンク無効化", zh: "终止链接" }
    /// A lock was ended.
    lock_broken { en: "Lock ended", de: "Sperre beendet", fr: "Verrou levé", es: "Bloqueo quitado", ja: "ロック解除", zh: "解除锁定" }
    /// Something was put into the bin.
    deleted { en: "Deleted", de: "Gelöscht", fr: "Supprimé", es: "Eliminado", ja: "削除", zh: "删除" }
    /// It was brought back.
    undeleted { en: "Brought back from the bin", de: "Aus dem Papierkorb geholt", fr: "Restauré de la corbeille", es: "Recuperado de la papelera", ja: "ごみ箱から復元", zh: "从回收站恢复" }
    /// Something was removed for good.
    purged { en: "Removed for good", de: "Endgültig entfernt", fr: "Supprimé définitivement", es: "Eliminado definitivamente", ja: "完全に削除", zh: "永久删除" }
    /// An earlier version was brought back.
    version_restored { en: "Earlier version restored", de: "Frühere Version geholt", fr: "Version antérieure restaurée", es: "Versión anterior restaurada", ja: "以前の版を復元", zh: "恢复早期版本" }
    /// A token was issued by hand.
    token_issued { en: "Token issued", de: "Token ausgestellt", fr: "Jeton émis", es: "Token emitido", ja: "トークン発行", zh: "签发令牌" }
    /// A key was replaced.
    key_rotated { en: "Signing key replaced", de: "Signaturschlüssel erneuert", fr: "Clé de signature remplacée", es: "Clave de firma renovada", ja: "署名鍵を更新", zh: "更换签名密钥" }
    /// A key was retired.
    key_retired { en: "Signing key retired", de: "Signaturschlüssel ungültig gemacht", fr: "Clé de signature retirée", es: "Clave de firma retirada", ja: "署名鍵を失効", zh: "停用签名密钥" }
    /// Files were read out by a command.
    exported { en: "Files exported", de: "Dateien ausgelesen", fr: "Fichiers exportés", es: "Archivos exportados", ja: "ファイルをエクスポート", zh: "导出文件" }
    /// Files were put in by a command.
    imported { en: "Files imported", de: "Dateien eingelesen", fr: "Fichiers importés", es: "Archivos importados", ja: "ファイルをインポート", zh: "导入文件" }
    /// Something was moved by a command.
    moved { en: "Moved or renamed", de: "Verschoben oder umbenannt", fr: "Déplacé ou renommé", es: "Movido o renombrado", ja: "移動または名前変更", zh: "移动或重命名" }
    /// A backup was made.
    backup_made { en: "Backup made", de: "Backup gemacht", fr: "Sauvegarde faite", es: "Copia de seguridad hecha", ja: "バックアップ作成", zh: "进行备份" }
    /// The store was made of a backup.
    backup_restored { en: "Restored from a backup", de: "Aus einem Backup wiederhergestellt", fr: "Restauré depuis une sauvegarde", es: "Restaurado de una copia de seguridad", ja: "バックアップから復元", zh: "从备份恢复" }
    /// A client was added.
    client_added { en: "Client added", de: "Client hinzugefügt", fr: "Client ajouté", es: "Cliente añadido", ja: "クライアント追加", zh: "添加客户端" }
    /// A client got a secret.
    client_secret_made { en: "Client secret made", de: "Client-Geheimnis erzeugt", fr: "Secret de client créé", es: "Secreto de cliente creado", ja: "クライアントシークレット作成", zh: "生成客户端密钥" }
    /// A client was removed.
    client_removed { en: "Client removed", de: "Client entfernt", fr: "Client supprimé", es: "Cliente eliminado", ja: "クライアント削除", zh: "移除客户端" }
    /// Test accounts were made.
    test_accounts_made { en: "Test accounts made", de: "Testkonten angelegt", fr: "Comptes de test créés", es: "Cuentas de prueba creadas", ja: "テストアカウント作成", zh: "创建测试账户" }
}

impl AuditTexts {
    /// What an event is called.
    pub(crate) const fn event(&self, event: AuditEvent) -> &'static str {
        match event {
            AuditEvent::SignIn => self.sign_in,
            AuditEvent::SignInFailed => self.sign_in_failed,
            AuditEvent::SignOut => self.sign_out,
            AuditEvent::SessionsEnded => self.sessions_ended,
            AuditEvent::SignedOutEverywhere => self.signed_out_everywhere,
            AuditEvent::PasswordChanged => self.password_changed,
            AuditEvent::AppAllowed => self.app_allowed,
            AuditEvent::AppRevoked => self.app_revoked,
            AuditEvent::UserAdded => self.user_added,
            AuditEvent::UserRemoved => self.user_removed,
            AuditEvent::UserDisabled => self.user_disabled,
            AuditEvent::UserEnabled => self.user_enabled,
            AuditEvent::AdminGiven => self.admin_given,
            AuditEvent::AdminTaken => self.admin_taken,
            AuditEvent::UserLinked => self.user_linked,
            AuditEvent::UserUnlinked => self.user_unlinked,
            AuditEvent::RoleGiven => self.role_given,
            AuditEvent::RoleTaken => self.role_taken,
            AuditEvent::LinkMade => self.link_made,
            AuditEvent::LinkEnded => self.link_ended,
            AuditEvent::LockBroken => self.lock_broken,
            AuditEvent::Deleted => self.deleted,
            AuditEvent::Undeleted => self.undeleted,
            AuditEvent::Purged => self.purged,
            AuditEvent::VersionRestored => self.version_restored,
            AuditEvent::TokenIssued => self.token_issued,
            AuditEvent::KeyRotated => self.key_rotated,
            AuditEvent::KeyRetired => self.key_retired,
            AuditEvent::Exported => self.exported,
            AuditEvent::Imported => self.imported,
            AuditEvent::Moved => self.moved,
            AuditEvent::BackupMade => self.backup_made,
            AuditEvent::BackupRestored => self.backup_restored,
            AuditEvent::ClientAdded => self.client_added,
            AuditEvent::ClientSecretMade => self.client_secret_made,
            AuditEvent::ClientRemoved => self.client_removed,
            AuditEvent::TestAccountsMade => self.test_accounts_made,
        }
    }
}
